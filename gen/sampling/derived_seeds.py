"""Seeds of further draws, derived from the seed of a crystal and the number of the draw."""

from __future__ import annotations

import numpy as np


def derived_seed(seed: int, number: int) -> int:
    """Seed of draw ``number``, an integer below 2⁶⁴."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0])
