"""The surrogate network: an ensemble of transformers over a crystal's orbits.

The idea of Wren (Goodall et al., Sci. Adv. 8, eabn4117, 2022): energies follow well from elements on Wyckoff positions,
without coordinates, and so are known before any relaxation. Attention is weighted by the share of atoms that an orbit
holds, as in Roost (Goodall and Lee, Nat. Commun. 11, 6280, 2020), so that an orbit counts as its atoms would. Each
member says a value and a Laplace width for every property.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..attention import Block
from ..elements import MAX_ELEMENT
from ..properties import all_columns
from ..skeleton.skeleton_features import element_features, position_features, site_symmetries
from .orbit_inputs import UNKNOWN_POSITION, OrbitInputs
from .readout import Readout


@dataclass(frozen=True)
class SurrogateSize:
    """Width, layers and attention heads of a member; number of members."""

    width: int = 96
    layers: int = 3
    heads: int = 4
    members: int = 3


class Member(nn.Module):
    """One network of the ensemble."""

    kinds: Tensor
    position_features: Tensor
    element_features: Tensor

    def __init__(self, size: SurrogateSize, dropout: float, properties: int, own: int) -> None:
        super().__init__()
        d = size.width
        kinds, n_kinds = site_symmetries()
        self.own_position = nn.Embedding(UNKNOWN_POSITION + 1, d)
        self.site_symmetry = nn.Embedding(n_kinds + 1, d)
        self.position_feature = nn.Linear(5, d)
        self.own_element = nn.Embedding(MAX_ELEMENT + 1, d)
        self.element_feature = nn.Linear(29, d)
        self.space_group = nn.Embedding(231, d)
        self.size_feature = nn.Linear(2, d)
        self.share = nn.Linear(2, d)
        for table in (self.own_position, self.own_element, self.space_group):
            nn.init.normal_(table.weight, std=0.02)
        self.blocks = nn.ModuleList(Block(d, size.heads, 3, dropout) for _ in range(size.layers))
        self.read = nn.Sequential(
            nn.LayerNorm(2 * d), nn.Linear(2 * d, 2 * d), nn.SiLU(), nn.Linear(2 * d, 2 * properties)
        )
        self.own = Readout(4 * d, own) if own else None
        features = torch.from_numpy(position_features())
        constants = {
            "kinds": torch.cat([torch.from_numpy(kinds), torch.tensor([n_kinds])]),
            "position_features": torch.cat([features, torch.zeros(1, features.shape[1])]),
            "element_features": torch.from_numpy(element_features()),
        }
        for name, value in constants.items():
            self.register_buffer(name, value, persistent=False)

    def forward(self, inputs: OrbitInputs) -> tuple[Tensor, Tensor]:
        """Values and logarithms of widths, (B, p) each, on the scale of ``properties.normalise``."""
        pooled = self.pooled(inputs)
        value, width = self.read(pooled).float().chunk(2, 1)
        if self.own is None:
            return value, width.clamp(-6, 3)
        own_value, own_width = self.own(self.features(pooled).float())
        return torch.cat([value, own_value], 1), torch.cat([width.clamp(-6, 3), own_width], 1)

    def features(self, pooled: Tensor) -> Tensor:
        """What properties of one's own are read from, (B, 4 d): what is pooled, and the layer before the last."""
        normed = self.read[0](pooled)
        return torch.cat([normed, self.read[2](self.read[1](normed))], 1)

    def pooled(self, inputs: OrbitInputs) -> Tensor:
        """The whole crystal and the mean over its atoms, (B, 2 d)."""
        place = (
            self.own_position.weight + self.site_symmetry(self.kinds) + self.position_feature(self.position_features)
        )
        kind = self.own_element.weight + self.element_feature(self.element_features)
        share = inputs.fraction
        logs = share.clamp(min=1e-6).log()
        size = torch.stack([(inputs.n_atoms == 0).float(), inputs.n_atoms.clamp(min=1).float().log()], 1)
        whole = self.space_group(inputs.space_group) + self.size_feature(size)
        orbits = place[inputs.position] + kind[inputs.element] + self.share(torch.stack([share, logs], -1))
        x = torch.cat([whole[:, None], orbits + whole[:, None]], 1)
        bias = torch.where(inputs.element > 0, logs, -torch.inf)
        bias = torch.cat([torch.zeros_like(bias[:, :1]), bias], 1)[:, None, None]
        for block in self.blocks:
            x, _ = block(x, bias)
        return torch.cat([x[:, 0], (x[:, 1:] * share[..., None]).sum(1)], 1)


class OrbitNetwork(nn.Module):
    """The ensemble; the last ``own`` of its ``columns`` are properties of one's own."""

    def __init__(
        self, size: SurrogateSize, dropout: float = 0.0, columns: tuple[int, ...] | None = None, own: int = 0
    ) -> None:
        super().__init__()
        self.size = size
        self.columns = all_columns() if columns is None else columns
        properties = len(self.columns) - own
        self.members = nn.ModuleList(Member(size, dropout, properties, own) for _ in range(size.members))

    def forward(self, inputs: OrbitInputs) -> tuple[Tensor, Tensor]:
        """Values and logarithms of widths of every member, (members, B, p)."""
        found = [member(inputs) for member in self.members]
        return torch.stack([value for value, _ in found]), torch.stack([width for _, width in found])

    def summary(self, inputs: OrbitInputs) -> tuple[Tensor, Tensor]:
        """Mean of the members (B, p) and its standard uncertainty: the widths' and the members' disagreement."""
        value, width = self(inputs)
        laplace = 2 * (2 * width).exp().mean(0)  # variance of a Laplace distribution of width b is 2 b²
        return value.mean(0), (laplace + value.var(0, correction=0)).sqrt()


def laplace_nll(value: Tensor, log_width: Tensor, target: Tensor) -> Tensor:
    """Negative log likelihood of targets under Laplace distributions, NaN where the target is."""
    return (target - value).abs() * (-log_width).exp() + log_width + math.log(2)
