"""The skeleton network: a causal transformer with its tokens and heads; ``decoder.py`` says how they form a sequence.

Wyckoff positions carry features (number of sites, degrees of freedom, site symmetry) besides an embedding each, so
that space groups learn from each other; elements carry features, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..attention import Block
from ..cell_limits import OLD_ROOM
from ..elements import MAX_ELEMENT
from ..properties import SHIPPED
from ..symmetry.wyckoff_tables import wyckoff_tables
from .atom_counts import AtomCountHead, AtomCounts
from .cached_table import CachedTable
from .conditioning import MAX_COUNT, Context
from .own_embeddings import OwnEmbeddings
from .skeleton_features import MAX_LETTERS, element_features, position_features, site_symmetries


@dataclass(frozen=True)
class SkeletonSize:
    """Width, number of layers, number of attention heads, and atoms of the largest primitive cell."""

    width: int = 192
    layers: int = 4
    heads: int = 6
    atoms: int = OLD_ROOM


class SkeletonNetwork(nn.Module):
    """Embeddings, blocks and the four heads (number of atoms, space group, Wyckoff position, element)."""

    kinds: Tensor
    position_features: Tensor
    element_features: Tensor
    first_position: Tensor

    def __init__(
        self, size: SkeletonSize, dropout: float = 0.0, columns: tuple[int, ...] | None = None, own_hidden: float = 0.0
    ) -> None:
        super().__init__()
        self.columns = tuple(range(len(SHIPPED))) if columns is None else columns  # its targets
        d = size.width
        tables = wyckoff_tables()
        kinds, n_kinds = site_symmetries()
        n_positions = len(tables.group)
        self.size = size
        self.own_position = OwnEmbeddings(n_positions, d, own_hidden)
        self.site_symmetry = nn.Embedding(n_kinds, d)
        self.position_feature = nn.Linear(5, d)
        self.own_element = OwnEmbeddings(MAX_ELEMENT + 1, d, own_hidden)
        self.element_feature = nn.Linear(29, d)
        self.space_group = nn.Embedding(231, d)
        self.atoms = AtomCounts(size.atoms, d)
        self.left = AtomCounts(size.atoms, d)
        self.kind = nn.Embedding(4, d)
        self.count = nn.Embedding(MAX_COUNT + 1, d)
        self.target = nn.Linear(2 * len(self.columns), d)
        self.start = nn.Parameter(torch.randn(d) * 0.02)
        self.drop = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(Block(d, size.heads, 4, dropout) for _ in range(size.layers))
        self.norm = nn.LayerNorm(d)
        self.to_atoms = AtomCountHead(size.atoms, d)
        self.to_group = nn.Linear(d, 231)
        self.to_position = nn.Linear(d, d)
        self.to_element = nn.Sequential(nn.Linear(2 * d, 2 * d), nn.SiLU(), nn.Linear(2 * d, d))
        self._position_table = CachedTable(self.own_position, self.site_symmetry, self.position_feature)
        self._element_table = CachedTable(self.own_element, self.element_feature)
        for table in (self.own_position, self.own_element, self.space_group, self.atoms, self.left, self.count):
            nn.init.normal_(table.weight, std=0.02)
        constants = {  # copies: the tables are shared by the whole process
            "kinds": torch.tensor(kinds),
            "position_features": torch.tensor(position_features()),
            "element_features": torch.tensor(element_features()),
            "first_position": torch.tensor(tables.position_start),
        }
        for name, value in constants.items():
            self.register_buffer(name, value, persistent=False)

    # -- tokens ----------------------------------------------------------------------------------------------------

    def positions(self) -> Tensor:
        """Embeddings of all Wyckoff positions, (1731, d)."""

        def table() -> Tensor:
            symmetries = self.site_symmetry(self.kinds)
            return self.own_position.rows() + symmetries + self.position_feature(self.position_features)

        return self._position_table(table)

    def elements(self) -> Tensor:
        """Embeddings of all elements by atomic number, (MAX_ELEMENT + 1, d)."""
        return self._element_table(lambda: self.own_element.rows() + self.element_feature(self.element_features))

    def context_tokens(self, context: Context) -> tuple[Tensor, Tensor]:
        """Tokens (B, 1 + e, d) of the targets and of each given element, and which are not padding (B, 1 + e)."""
        targets = context.targets[:, self.columns]
        shown = torch.isfinite(targets)
        numbers_and_flags = torch.cat([targets.nan_to_num(0.0), shown.to(targets.dtype)], 1)
        first = self.target(numbers_and_flags) + self.kind(context.kind)
        given = self.elements()[context.elements] + self.count(context.counts) + self.kind(context.kind)[:, None]
        real = torch.cat([torch.ones_like(context.kind, dtype=torch.bool)[:, None], context.elements > 0], 1)
        return torch.cat([first[:, None], given], 1), real

    def group_tokens(self, space_group: Tensor, atoms: Tensor) -> Tensor:
        """Tokens (…, d) of space groups, with the number of atoms, all of which are left to place."""
        return self.space_group(space_group) + self.left(atoms)

    def orbit_tokens(self, positions: Tensor, elements: Tensor, left: Tensor) -> Tensor:
        """Tokens (…, d) of orbits, with the number of atoms left to place after each."""
        return self.positions()[positions] + self.elements()[elements] + self.left(left)

    # -- the network -----------------------------------------------------------------------------------------------

    def run(
        self, tokens: Tensor, mask: Tensor, cache: list[tuple[Tensor, Tensor]] | None = None
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Hidden states (B, n, d) of tokens (B, n, d), and keys and values of all tokens so far, block by block.

        ``cache`` holds those of the m − n tokens before; ``mask`` (B, n, m) is True where a token sees another.
        """
        x = self.drop(tokens)
        grown = []
        for i, block in enumerate(self.blocks):
            x, keys_values = block(x, mask[:, None], None if cache is None else cache[i])
            grown.append(keys_values)
        return self.norm(x), grown

    # -- the heads -------------------------------------------------------------------------------------------------

    def position_logits(self, hidden: Tensor, space_group: Tensor) -> Tensor:
        """Logits (B, n, MAX_LETTERS) of the group's positions; a letter that the group lacks gets −inf."""
        first, end = self.first_position[space_group], self.first_position[space_group + 1]
        index = first[:, None] + torch.arange(MAX_LETTERS, device=hidden.device)
        lacks = index >= end[:, None]
        table = self.positions()[index.clamp(max=len(self.kinds) - 1)]
        logits = torch.einsum("bnd,bld->bnl", self.to_position(hidden), table) / self.size.width**0.5
        return logits.masked_fill(lacks[:, None], -torch.inf)

    def element_logits(self, hidden: Tensor, positions: Tensor) -> Tensor:
        """Logits (…, MAX_ELEMENT + 1) of the element on the chosen position; index 0, no element, gets −inf."""
        mixed = self.to_element(torch.cat([hidden, self.positions()[positions]], -1))
        logits = mixed @ self.elements().T
        never = torch.arange(MAX_ELEMENT + 1, device=hidden.device) == 0
        return logits.masked_fill(never, -torch.inf)
