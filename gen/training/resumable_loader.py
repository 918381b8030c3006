"""Batches that depend on seed, epoch and number alone: a resumed run sees the batches of an uninterrupted one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from torch import Tensor
from torch.utils.data import DataLoader, Sampler

from .cost_batches import CostSampler, Indices

Batch = tuple[Tensor, ...]  # tensors alone: Lightning moves no frozen records to a device
Collate = Callable[[list[int], np.random.Generator], Batch]


class EpochBatches(Sampler[list[int]]):
    """The batches of an epoch, from the place at which a run was stopped."""

    def __init__(self, batches: CostSampler) -> None:
        self.batches = batches
        self.sampler = self  # where Lightning looks for ``set_epoch``
        self.epoch, self.place = 0, 0
        self.resumed = (0, 0)  # epoch and place of the checkpoint

    def set_epoch(self, epoch: int) -> None:
        """Sets the epoch; Lightning calls this at the start of each epoch, after it has made the iterator."""
        self.epoch = epoch
        self.batches.set_epoch(epoch)

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[list[int]]:
        # a generator: it begins with the first batch, when the epoch is set
        self.place = self.resumed[1] if self.resumed[0] == self.epoch else 0
        for batch in islice(self.batches, self.place, None):
            self.place += 1
            yield batch

    def state_dict(self) -> dict[str, int]:
        """Epoch and number of its batches that were used."""
        return {"epoch": self.epoch, "place": self.place}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continues after the batches that were used."""
        self.resumed = (state["epoch"], state["place"])


class ResumableLoader(DataLoader[int]):
    """A loader of training batches whose place is part of Lightning's checkpoints.

    ``collate`` gets the crystals of a batch and a random generator that epoch and batch decide.
    """

    def __init__(self, batches: CostSampler, n: int, collate: Collate) -> None:
        self.places = EpochBatches(batches)

        def collated(indices: list[int]) -> Batch:
            return collate(indices, np.random.default_rng([batches.seed, batches.epoch, indices[0]]))

        super().__init__(Indices(n), batch_sampler=self.places, collate_fn=collated)

    def state_dict(self) -> dict[str, Any]:
        """The place as Lightning stores it in a checkpoint."""
        return self.places.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continues at a stored place; Lightning calls this when it resumes a run."""
        self.places.load_state_dict(state)
