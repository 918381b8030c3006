"""Seeds of the parts of a run: each attempt and each slot has its own, whatever else is generated."""

from __future__ import annotations

import numpy as np

GOLDEN = (5**0.5 - 1) / 2


def attempt_seed(run_seed: int, slot: int, attempt: int) -> int:
    """Seed of one attempt, an integer below 2⁶⁴."""
    return int(np.random.SeedSequence([run_seed, slot, attempt]).generate_state(1, np.uint64)[0])


def target_seed(run_seed: int, slot: int) -> int:
    """Seed for drawing the target values of a slot. All attempts of a slot share these values."""
    return int(np.random.SeedSequence([run_seed, slot], spawn_key=(1,)).generate_state(1, np.uint64)[0])


def slot_point(run_seed: int, slot: int) -> float:
    """A number in [0, 1) for a slot; those of any row of slots lie evenly (the multiples of the golden ratio)."""
    start = np.random.default_rng(np.random.SeedSequence([run_seed], spawn_key=(2,))).random()
    return float((start + slot * GOLDEN) % 1.0)
