"""Batches of about equal cost, for training the geometry model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset, Sampler


class Indices(Dataset[int]):
    """0 … n − 1; the batch itself is cut out of the flat arrays when collating."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, index: int) -> int:
        return index


class CostSampler(Sampler[list[int]]):
    """Groups crystals of like size into batches of at most ``budget`` orbits; order and groups differ by epoch.

    Every crystal comes once an epoch, those with more atoms than ``large`` every ``large_every`` epochs.
    """

    def __init__(
        self,
        orbits: NDArray[np.int64],
        n_atoms: NDArray[np.int64],
        budget: int,
        large: int,
        large_every: int,
        seed: int,
    ) -> None:
        self.orbits, self.n_atoms, self.budget = orbits, n_atoms, budget
        self.large, self.large_every, self.seed = large, large_every, seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by lightning; makes a resumed run see the batches that an uninterrupted one would."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[list[int]]:
        rng = np.random.default_rng([self.seed, self.epoch])
        turn = np.arange(len(self.orbits)) % self.large_every == self.epoch % self.large_every
        chosen = np.flatnonzero((self.n_atoms <= self.large) | turn)
        # like sizes together, but not always the same neighbours
        order = chosen[np.argsort(self.orbits[chosen] + 3.0 * rng.random(len(chosen)), kind="stable")]
        batches: list[list[int]] = [[]]
        cost = 0
        for index in order:
            if cost + self.orbits[index] > self.budget and batches[-1]:
                batches.append([])
                cost = 0
            batches[-1].append(int(index))
            cost += int(self.orbits[index])
        return (batches[i] for i in rng.permutation(len(batches)))

    def __len__(self) -> int:
        total = self.orbits[self.n_atoms <= self.large].sum()
        total += self.orbits[self.n_atoms > self.large].sum() / self.large_every
        return int(total / self.budget) + 1


def random_times(n: int, generator: torch.Generator | None = None) -> torch.Tensor:
    """Times (n,): a logistic normal about the noise levels at which most is decided, and a uniform share of 10 %."""
    normal = torch.randn(n, generator=generator)
    uniform = torch.rand(n, generator=generator)
    pick = torch.rand(n, generator=generator) < 0.1
    return torch.where(pick, uniform, torch.sigmoid(0.5 + 1.1 * normal))
