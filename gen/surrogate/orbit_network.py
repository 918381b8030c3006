"""Orbit network: an ensemble of transformers over the orbits of a crystal without coordinates.

The idea of Wren (Goodall et al., Sci. Adv. 8, eabn4117, 2022): elements on Wyckoff positions determine energies well,
so that energies are predicted before any relaxation. Attention is weighted by the share of atoms that an orbit holds,
as in Roost (Goodall and Lee, Nat. Commun. 11, 6280, 2020), so that an orbit counts as its atoms would. Each member
gives a value and a Laplace width for every property.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..attention import Block
from ..elements import MAX_ELEMENT
from ..properties import SHIPPED
from ..skeleton.skeleton_features import element_features, position_features, site_symmetries
from .orbit_inputs import UNKNOWN_POSITION, OrbitInputs
from .readout import LOG_WIDTHS, Head, Readout, counts_in


@dataclass(frozen=True)
class SurrogateSize:
    """Width, layers and attention heads of a member; number of members."""

    width: int = 96
    layers: int = 3
    heads: int = 4
    members: int = 3


class MemberHead(Head):
    """Pooled orbits (B, 2 d) → values and logarithms of widths (B, 2 p)."""

    names = ("norm", "hidden", "activation", "output")

    def __init__(self, width: int, outputs: int) -> None:
        super().__init__(
            norm=nn.LayerNorm(width), hidden=nn.Linear(width, width), activation=nn.SiLU(),
            output=nn.Linear(width, outputs),
        )  # fmt: skip


class Member(nn.Module):
    """One network of the ensemble, for ``count`` trained and ``custom`` further properties."""

    kinds: Tensor
    position_features: Tensor
    element_features: Tensor

    def __init__(self, size: SurrogateSize, dropout: float, count: int, custom: int) -> None:
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
        self.read = MemberHead(2 * d, 2 * count)
        self.own = Readout(4 * d, custom) if custom else None  # readouts of custom properties
        features = torch.tensor(position_features())
        constants = {
            "kinds": torch.cat([torch.tensor(kinds), torch.tensor([n_kinds])]),
            "position_features": torch.cat([features, torch.zeros(1, features.shape[1])]),
            "element_features": torch.tensor(element_features()),
        }
        for name, value in constants.items():
            self.register_buffer(name, value, persistent=False)

    def forward(self, inputs: OrbitInputs) -> tuple[Tensor, Tensor]:
        """Normalised values and logarithms of widths, (B, p) each."""
        pooled = self.pooled(inputs)
        value, width = self.read(pooled).float().chunk(2, 1)
        if self.own is None:
            return value, width.clamp(*LOG_WIDTHS)
        custom_value, custom_width = self.own(self.features(pooled).float())
        return torch.cat([value, custom_value], 1), torch.cat([width.clamp(*LOG_WIDTHS), custom_width], 1)

    def features(self, pooled: Tensor) -> Tensor:
        """Features (B, 4 d) for readouts: the normalised pooled orbits and the hidden layer of the head."""
        normed = self.read.up_to("norm", pooled)
        return torch.cat([normed, self.read.up_to("activation", normed, after="norm")], 1)

    def pooled(self, inputs: OrbitInputs) -> Tensor:
        """The token of the whole crystal and the mean over its atoms, (B, 2 d)."""
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
    """The ensemble: orbits → values and widths of ``count`` trained properties, then of ``custom`` further ones."""

    def __init__(self, size: SurrogateSize, dropout: float = 0.0, count: int = len(SHIPPED), custom: int = 0) -> None:
        super().__init__()
        self.size, self.outputs = size, count + custom
        self.members = nn.ModuleList(Member(size, dropout, count, custom) for _ in range(size.members))

    def forward(self, inputs: OrbitInputs) -> tuple[Tensor, Tensor]:
        """Normalised values and logarithms of widths of every member, (members, B, p) each."""
        outputs = [member(inputs) for member in self.members]
        return torch.stack([value for value, _ in outputs]), torch.stack([width for _, width in outputs])

    def summary(self, inputs: OrbitInputs) -> tuple[Tensor, Tensor]:
        """Mean over the members and its standard uncertainty, (B, p) each.

        The uncertainty combines the mean variance of the members' Laplace distributions with the members' disagreement.
        """
        value, width = self(inputs)
        laplace = 2 * (2 * width).exp().mean(0)  # variance of a Laplace distribution of width b is 2 b²
        return value.mean(0), (laplace + value.var(0, correction=0)).sqrt()

    @classmethod
    def of_state(cls, state: Mapping[str, Tensor], size: Mapping[str, int]) -> OrbitNetwork:
        """A network of the sizes of a stored state, without its weights."""
        count, custom = cls.counts_in(state)
        return cls(SurrogateSize(**size), count=count, custom=custom)

    @staticmethod
    def counts_in(state: Mapping[str, Tensor]) -> tuple[int, int]:
        """Numbers of trained and of custom properties in a stored state."""
        return counts_in(state, f"members.0.read.{MemberHead.key('output', 'bias')}", "members.0.own.log_width")


def laplace_nll(value: Tensor, log_width: Tensor, target: Tensor) -> Tensor:
    """Negative log-likelihood of targets under Laplace distributions, in nats; NaN where the target is NaN."""
    return (target - value).abs() * (-log_width).exp() + log_width + math.log(2)
