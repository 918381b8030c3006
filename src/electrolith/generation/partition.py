"""How a run of n crystals is cut, so that no part of it depends on any other.

A run is n *slots*. Slot s has its own stream of attempts (s, 0), (s, 1), …, each with a seed of its own; its crystal is
the first that passes. Slots are made in chunks of fixed size: chunk c is slots c·B to (c + 1)·B - 1. What a chunk gives
depends on the run's seed, the chunk's number and the settings alone: not on who makes it, when, or what else is made.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from ..gen.errors import UserError

CHUNKS_OF_A_SMALL_RUN = 8
SMALLEST_CHUNK = 8  # below that a batch costs as much as a larger one
LARGEST_CHUNK = {"cpu": 64, "cuda": 512, "mps": 128}
LARGEST_RELAXED = 16  # a minute of one core, the most that a kill may cost


def attempt_seed(run_seed: int, slot: int, attempt: int) -> int:
    """Seed of one attempt, a whole number below 2⁶⁴."""
    return int(np.random.SeedSequence([run_seed, slot, attempt]).generate_state(1, np.uint64)[0])


def target_seed(run_seed: int, slot: int) -> int:
    """Seed of a slot's draw from the target ranges: all its attempts are asked for the same."""
    return int(np.random.SeedSequence([run_seed, slot], spawn_key=(1,)).generate_state(1, np.uint64)[0])


@dataclass(frozen=True)
class Shard:
    """Part ``index`` of ``of``, counted from 1: the chunks c with c % of = index - 1."""

    index: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """From ``2/8``; raises ``UserError``."""
        match = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise UserError(f"shard {text!r}: write part/parts, counted from 1, e.g. 2/8.")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"


@dataclass(frozen=True)
class Partition:
    """The slots of a run: ``n`` in chunks of ``batch_size``, of which ``shard`` makes its own."""

    n: int
    batch_size: int
    shard: Shard = Shard()

    @property
    def chunks(self) -> tuple[int, ...]:
        """Numbers of the chunks to make; raises ``UserError`` when there are fewer chunks than shards."""
        total = math.ceil(self.n / self.batch_size)
        if total < self.shard.of:
            raise UserError(
                f"{self.n} crystals in batches of {self.batch_size} make {total} parts, not {self.shard.of}; "
                f"give every shard --batch-size {max(1, self.n // self.shard.of)} or less, or make fewer shards."
            )
        return tuple(range(self.shard.index - 1, total, self.shard.of))

    def of(self, chunk: int) -> range:
        """The slots of a chunk."""
        return range(chunk * self.batch_size, min((chunk + 1) * self.batch_size, self.n))

    @property
    def count(self) -> int:
        """Slots of this shard."""
        return sum(len(self.of(chunk)) for chunk in self.chunks)


def auto_batch_size(n: int, device: str, relax: bool = False) -> int:
    """Chunk size that suits a device, and whether crystals are relaxed; of what differs between the shards of a run it
    depends on nothing, so that all agree on it.
    """
    largest = LARGEST_RELAXED if relax else LARGEST_CHUNK.get(device.split(":", maxsplit=1)[0], LARGEST_CHUNK["cpu"])
    pieces = CHUNKS_OF_A_SMALL_RUN if device == "cpu" else 1
    return min(largest, max(math.ceil(n / pieces), min(n, SMALLEST_CHUNK)))
