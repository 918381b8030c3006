"""Partition of a run into batches and shards, none of which depends on another.

A run of n crystals has n *slots*. Slot s has its own attempts (s, 0), (s, 1), …, each with its own seed; the crystal of
the slot is the first attempt that passes. Slots are processed in batches of fixed size B: batch b holds the slots b·B
to (b + 1)·B - 1. The result of a batch depends only on the run's seed, the batch's number and the settings. It does not
depend on the process, the time or the other batches.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ..gen.errors import UserError, shown

BATCHES_OF_A_SMALL_RUN = 8
SMALLEST_BATCH = 8  # a smaller batch takes as long as this one
LARGEST_BATCH = {"cpu": 64, "cuda": 512, "mps": 128}
LARGEST_RELAXED_BATCH = 16  # one minute on one core: the most work that a killed run loses


@dataclass(frozen=True)
class Shard:
    """Part ``index`` of ``of``, counted from 1: the batches b with b % of = index - 1."""

    index: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """The shard of ``2/8``; raises ``UserError``."""
        match = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*", text, re.ASCII)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise UserError(f"shard {shown(text)}: write part/parts, counted from 1, e.g. 2/8.")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"


@dataclass(frozen=True)
class Partition:
    """The slots of a run: ``n`` slots in batches of ``batch_size``, of which ``shard`` has its share."""

    n: int
    batch_size: int
    shard: Shard = Shard()

    @property
    def batches(self) -> range:
        """Numbers of the batches of this shard; raises ``UserError`` if there are fewer batches than shards."""
        total = math.ceil(self.n / self.batch_size)
        if total < self.shard.of:
            raise UserError(
                f"{self.n} crystals in batches of {self.batch_size} make {total} parts, not {self.shard.of}; "
                f"give every shard --batch-size {max(1, self.n // self.shard.of)} or less, or use fewer shards."
            )
        return range(self.shard.index - 1, total, self.shard.of)

    def slots(self, batch: int) -> range:
        """The slots of a batch."""
        return range(batch * self.batch_size, min((batch + 1) * self.batch_size, self.n))

    @property
    def count(self) -> int:
        """Number of slots of this shard."""
        last = len(self.slots(self.batches[-1]))
        return (len(self.batches) - 1) * self.batch_size + last


def auto_batch_size(n: int, device: str, relax: bool = False) -> int:
    """Default batch size for a device. It is independent of the shard, so that all shards of a run agree."""
    largest = (
        LARGEST_RELAXED_BATCH if relax else LARGEST_BATCH.get(device.split(":", maxsplit=1)[0], LARGEST_BATCH["cpu"])
    )
    batches = BATCHES_OF_A_SMALL_RUN if device == "cpu" else 1
    return min(largest, max(math.ceil(n / batches), min(n, SMALLEST_BATCH)))
