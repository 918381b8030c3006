"""Times of the denoising loss."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ..typed_records import check_ranges, setting


@dataclass(frozen=True)
class NoiseTimes:
    """Distribution of times: a logistic normal about the noise at which most is decided, and a uniform share."""

    mean: float = setting(0.5, "mean of logit t")
    width: float = setting(1.1, "standard deviation of logit t", above=0)
    uniform: float = setting(0.1, "share of times that are uniform in [0, 1]", at_least=0, at_most=1)

    def __post_init__(self) -> None:
        check_ranges(self)

    def draw(self, n: int, generator: torch.Generator | None = None) -> torch.Tensor:
        """Random times (n,)."""
        normal = torch.randn(n, generator=generator)
        uniform = torch.rand(n, generator=generator)
        is_uniform = torch.rand(n, generator=generator) < self.uniform
        return torch.where(is_uniform, uniform, torch.sigmoid(self.mean + self.width * normal))
