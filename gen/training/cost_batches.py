"""Batches of about equal cost for training."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset, Sampler

SIZE_JITTER = 3.0  # orbits: crystals whose sizes differ by less may change their order


class Indices(Dataset[int]):
    """Indices 0 … n − 1; collating cuts the batch out of the flat arrays of the data set."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, index: int) -> int:
        return index


class CostSampler(Sampler[list[int]]):
    """Batches of crystals of like size, of at most ``budget`` orbits each; order and groups differ by epoch.

    A crystal with more orbits than the budget is a batch of its own.

    argument     meaning                                          shape
    orbits       orbits of each crystal: its cost                 (n,)
    period       epochs from one use of each crystal to the next  (n,)
    """

    def __init__(self, orbits: NDArray[np.int64], period: NDArray[np.int64], budget: int, seed: int) -> None:
        self.orbits, self.period, self.budget, self.seed = orbits, period, budget, seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Sets the epoch. Lightning calls this, so that a resumed run sees the batches of an uninterrupted one."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[list[int]]:
        rng = np.random.default_rng([self.seed, self.epoch])
        chosen = np.flatnonzero(np.arange(len(self.orbits)) % self.period == self.epoch % self.period)
        # like sizes together, but not always the same neighbours
        order = chosen[np.argsort(self.orbits[chosen] + SIZE_JITTER * rng.random(len(chosen)), kind="stable")]
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
        return int((self.orbits / self.period).sum() / self.budget) + 1


def longer_if_large(size: NDArray[np.int64], large: int, period: int) -> NDArray[np.int64]:
    """Epochs between two uses of crystals of each size (n,): ``period`` for those above ``large``, else 1."""
    return np.where(size > large, period, 1).astype(np.int64)
