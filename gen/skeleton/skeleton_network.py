"""The skeleton network: a causal transformer that reads what is known and writes size, space group, then orbits.

Sequence: [targets] [element]… [start] [atoms] [space group] [orbit] [orbit] … Each token from [start] on
predicts the next one. An orbit is drawn in two steps: its Wyckoff position, then, given that, its element. Positions
carry features (sites, freedom, site symmetry) besides an embedding of their own, so that groups learn from each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..attention import Block
from ..elements import MAX_ELEMENT
from ..properties import SHIPPED
from ..symmetry.wyckoff_tables import wyckoff_tables
from .conditioning import MAX_COUNT, Context
from .skeleton_features import MAX_ATOMS, MAX_LETTERS, element_features, position_features, site_symmetries


@dataclass(frozen=True)
class SkeletonSize:
    """Width, layers and attention heads; chance of dropout in training."""

    width: int = 192
    layers: int = 4
    heads: int = 6


class SkeletonNetwork(nn.Module):
    """Embeddings, blocks and the four heads (atoms, space group, position, element)."""

    kinds: Tensor
    position_features: Tensor
    element_features: Tensor
    first_position: Tensor

    def __init__(self, size: SkeletonSize, dropout: float = 0.0, columns: tuple[int, ...] | None = None) -> None:
        super().__init__()
        self.columns = tuple(range(len(SHIPPED))) if columns is None else columns  # of the targets it reads
        d = size.width
        tables = wyckoff_tables()
        kinds, n_kinds = site_symmetries()
        n_positions = len(tables.group)
        self.size = size
        self.own_position = nn.Embedding(n_positions, d)
        self.site_symmetry = nn.Embedding(n_kinds, d)
        self.position_feature = nn.Linear(5, d)
        self.own_element = nn.Embedding(MAX_ELEMENT + 1, d)
        self.element_feature = nn.Linear(29, d)
        self.space_group = nn.Embedding(231, d)
        self.atoms = nn.Embedding(MAX_ATOMS + 1, d)
        self.left = nn.Embedding(MAX_ATOMS + 1, d)
        self.kind = nn.Embedding(4, d)
        self.count = nn.Embedding(MAX_COUNT + 1, d)
        self.target = nn.Linear(2 * len(self.columns), d)
        self.start = nn.Parameter(torch.randn(d) * 0.02)
        self.drop = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(Block(d, size.heads, 4, dropout) for _ in range(size.layers))
        self.norm = nn.LayerNorm(d)
        self.to_atoms = nn.Linear(d, MAX_ATOMS + 1)
        self.to_group = nn.Linear(d, 231)
        self.to_position = nn.Linear(d, d)
        self.to_element = nn.Sequential(nn.Linear(2 * d, 2 * d), nn.SiLU(), nn.Linear(2 * d, d))
        for table in (self.own_position, self.own_element, self.space_group, self.atoms, self.left, self.count):
            nn.init.normal_(table.weight, std=0.02)
        constants = {
            "kinds": torch.from_numpy(kinds),
            "position_features": torch.from_numpy(position_features()),
            "element_features": torch.from_numpy(element_features()),
            "first_position": torch.from_numpy(tables.position_start),
        }
        for name, value in constants.items():
            self.register_buffer(name, value, persistent=False)

    # -- embeddings ------------------------------------------------------------------------------------------------

    def positions(self) -> Tensor:
        """Embeddings of all Wyckoff positions, (1731, d)."""
        return self.own_position.weight + self.site_symmetry(self.kinds) + self.position_feature(self.position_features)

    def elements(self) -> Tensor:
        """Embeddings of all elements, (MAX_ELEMENT + 1, d)."""
        return self.own_element.weight + self.element_feature(self.element_features)

    def prefix(self, context: Context) -> tuple[Tensor, Tensor]:
        """Tokens (B, 1 + e, d) of what is known, and which of them count (B, 1 + e)."""
        targets = context.targets[:, self.columns]
        known = torch.isfinite(targets)
        asked = torch.cat([targets.nan_to_num(0.0), known.to(targets.dtype)], 1)
        first = self.target(asked) + self.kind(context.kind)
        given = self.elements()[context.elements] + self.count(context.counts) + self.kind(context.kind)[:, None]
        valid = torch.cat([torch.ones_like(context.kind, dtype=torch.bool)[:, None], context.elements > 0], 1)
        return torch.cat([first[:, None], given], 1), valid

    def orbits(self, positions: Tensor, elements: Tensor, left: Tensor) -> Tensor:
        """Tokens (…, d) of orbits, given the atoms that are left to place after each."""
        return self.positions()[positions] + self.elements()[elements] + self.left(left)

    # -- the network -----------------------------------------------------------------------------------------------

    def run(
        self, tokens: Tensor, mask: Tensor, cache: list[tuple[Tensor, Tensor]] | None = None
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Hidden states (B, n, d) of tokens, and the cache for those that follow; ``mask`` (B, n, all)."""
        x = self.drop(tokens)
        grown = []
        for i, block in enumerate(self.blocks):
            x, kept = block(x, mask[:, None], None if cache is None else cache[i])
            grown.append(kept)
        return self.norm(x), grown

    # -- the heads -------------------------------------------------------------------------------------------------

    def position_logits(self, hidden: Tensor, space_group: Tensor) -> Tensor:
        """Logits (B, n, MAX_LETTERS) of the group's positions; letters that it lacks get −inf."""
        first, end = self.first_position[space_group], self.first_position[space_group + 1]
        index = first[:, None] + torch.arange(MAX_LETTERS, device=hidden.device)
        lacks = index >= end[:, None]
        table = self.positions()[index.clamp(max=len(self.kinds) - 1)]
        logits = torch.einsum("bnd,bld->bnl", self.to_position(hidden), table) / self.size.width**0.5
        return logits.masked_fill(lacks[:, None], -torch.inf)

    def element_logits(self, hidden: Tensor, positions: Tensor) -> Tensor:
        """Logits (…, MAX_ELEMENT + 1) of the element on the position chosen; index 0, no element, gets −inf."""
        mixed = self.to_element(torch.cat([hidden, self.positions()[positions]], -1))
        logits = mixed @ self.elements().T
        never = torch.arange(MAX_ELEMENT + 1, device=hidden.device) == 0
        return logits.masked_fill(never, -torch.inf)
