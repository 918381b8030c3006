"""Heads of the surrogate networks: the trained head, and linear readouts of custom properties.

A custom property is read from features that the trained network computes anyway: several linear readouts, each fitted
on another resampling of the rows (bagging: Breiman, Mach. Learn. 24, 123, 1996). Their mean is the value; their
disagreement grows for crystals unlike the rows. All weights of the network itself stay unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

READOUTS = 8
LOG_WIDTHS = (-6.0, 3.0)  # limits of the logarithm of a Laplace width
LARGEST = 4.0  # of a normalised value, as in ``Property.normalise``


class Readout(nn.Module):
    """Readouts of custom properties: features (B, f) → value and logarithm of the Laplace width, (B, q) each."""

    def __init__(self, features: int, count: int) -> None:
        super().__init__()
        self.count = count
        self.weight = nn.Parameter(torch.zeros(READOUTS, count, features))
        self.bias = nn.Parameter(torch.zeros(READOUTS, count))
        self.log_width = nn.Parameter(torch.zeros(count))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Normalised values and logarithms of widths, which include the disagreement of the readouts."""
        values = torch.einsum("hqf,bf->hbq", self.weight, features) + self.bias[:, None]
        # variance of a Laplace distribution of width b is 2 b²
        square = (2 * self.log_width).exp() + values.var(0, correction=0) / 2
        return values.mean(0).clamp(-LARGEST, LARGEST), (square.log() / 2).clamp(*LOG_WIDTHS)


class Head(nn.Sequential):
    """Trained head: layers in the order of ``names``, the last of which gives values and widths.

    The layers are stored under their numbers, e.g. ``read.3.bias``; here they have names.
    """

    names: tuple[str, ...]

    def __init__(self, **layers: nn.Module) -> None:
        super().__init__(*layers.values())
        assert tuple(layers) == self.names, "the keys of stored weights follow this order"

    def up_to(self, name: str, x: Tensor, after: str = "") -> Tensor:
        """Output of layer ``name`` for the input ``x`` of the head, or for the output ``x`` of layer ``after``."""
        first = self.names.index(after) + 1 if after else 0
        for layer in list(self)[first : self.names.index(name) + 1]:
            x = layer(x)
        return x

    @classmethod
    def key(cls, name: str, parameter: str) -> str:
        """Key of a layer's parameter in the head's stored state."""
        return f"{cls.names.index(name)}.{parameter}"


def counts_in(state: Mapping[str, Tensor], output_bias: str, log_widths: str) -> tuple[int, int]:
    """Numbers of properties of the trained head and of the readouts in a stored state, whose keys are given."""
    return len(state[output_bias]) // 2, len(state.get(log_widths, ()))
