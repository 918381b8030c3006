"""Seeds of the parts of a run: each attempt and each slot has its own, whatever else is generated."""

from __future__ import annotations

import numpy as np


def attempt_seed(run_seed: int, slot: int, attempt: int) -> int:
    """Seed of one attempt, an integer below 2⁶⁴."""
    return int(np.random.SeedSequence([run_seed, slot, attempt]).generate_state(1, np.uint64)[0])


def target_seed(run_seed: int, slot: int) -> int:
    """Seed for drawing the target values of a slot. All attempts of a slot share these values."""
    return int(np.random.SeedSequence([run_seed, slot], spawn_key=(1,)).generate_state(1, np.uint64)[0])
