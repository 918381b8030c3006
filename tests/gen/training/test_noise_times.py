"""Times of the denoising loss follow the distribution in the settings."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from electrolith.gen.errors import UserError
from electrolith.gen.training.noise_times import NoiseTimes

N = 20000


@pytest.mark.parametrize("times", [NoiseTimes(), NoiseTimes(-1.0, 0.5, 0.4), NoiseTimes(uniform=1.0)])
def test_times_follow_a_logistic_normal_and_a_uniform_share(times: NoiseTimes) -> None:
    drawn = np.sort(times.draw(N, torch.Generator().manual_seed(0)).double().numpy())
    logit = np.log(drawn / (1 - drawn))
    normal = np.array([0.5 * (1 + math.erf((x - times.mean) / times.width / math.sqrt(2))) for x in logit])
    expected = (1 - times.uniform) * normal + times.uniform * drawn
    assert np.abs(expected - (np.arange(N) + 0.5) / N).max() < 1.63 / math.sqrt(N)  # Kolmogorov-Smirnov, 1 %


def test_the_same_seed_gives_the_same_times() -> None:
    one, other = (NoiseTimes().draw(50, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, other)


@pytest.mark.parametrize("bad", [{"uniform": 1.5}, {"width": 0.0}])
def test_an_impossible_distribution_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(UserError):
        NoiseTimes(**bad)
