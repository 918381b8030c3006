"""Times of the denoising loss follow the distribution that is stated."""

from __future__ import annotations

import math

import numpy as np
import torch

from electrolith.gen.training.cost_batches import random_times

N = 20000


def test_times_follow_a_logistic_normal_and_a_uniform_share() -> None:
    times = np.sort(random_times(N, torch.Generator().manual_seed(0)).double().numpy())
    logit = np.log(times / (1 - times))
    normal = np.array([0.5 * (1 + math.erf((x - 0.5) / 1.1 / math.sqrt(2))) for x in logit])
    distance = np.abs(0.9 * normal + 0.1 * times - (np.arange(N) + 0.5) / N).max()
    assert distance < 1.63 / math.sqrt(N)  # Kolmogorov-Smirnov, 1 %


def test_the_same_seed_gives_the_same_times() -> None:
    one, other = (random_times(50, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, other)
