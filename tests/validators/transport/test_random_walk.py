"""Random walks: Einstein's relation on walks of known diffusivity, hops, Nernst and Einstein."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from egg_box import EDGE, true_diffusivity, walked

from electrolith.gen.crystal import Crystal
from electrolith.validators.transport.diffusion_statistics import diffusivity_of, nernst_einstein
from electrolith.validators.transport.random_walk import averaged, walk

Named = Callable[[str], Crystal]


@pytest.mark.parametrize("hops", [1, 5, 30])
def test_the_fit_finds_the_diffusivity_of_a_random_walk_within_its_error(hops: float) -> None:
    found = [walk(walked(hops, seed)) for seed in range(10)]
    values = np.array([one.diffusivity for one in found])
    spreads = np.array([one.spread for one in found])
    true = true_diffusivity(hops)
    assert (np.abs(values - true) < 2 * spreads).all()
    assert values.mean() == pytest.approx(true, rel=0.15)  # of ten times 64 walkers
    assert values.std() < spreads.mean() < 6 * values.std()
    assert all(one.is_seen for one in found)


def test_hops_are_counted_by_the_ions_that_made_them() -> None:
    found = walk(walked(1.0, 0))
    assert found.hop == pytest.approx(EDGE / 2)
    assert found.hopped == pytest.approx(64 * (1 - math.exp(-1.0)), abs=12)
    assert found.moved == pytest.approx(EDGE / 2, rel=0.3)
    assert found.framework["O"] < 0.3


def test_the_bound_is_three_hops_of_all_ions() -> None:
    """(2 Å)² · 3 / (6 · 10 ions · 5 ps) = 0.04 Å²/ps."""
    assert diffusivity_of(3, 10, 2.0, 5.0) == pytest.approx(0.04e-4)


def test_the_conductivity_is_nernst_and_einsteins() -> None:
    """By hand: 1e22 /cm³ · (1.602e-19 C)² · 1e-5 cm²/s / (1.381e-23 J/K · 1000 K) = 0.1859 S/cm."""
    assert nernst_einstein(1e-5, 0.01, 1000.0) == pytest.approx(0.1859, rel=1e-3)
    assert nernst_einstein(1e-5, 0.01, 500.0) == pytest.approx(2 * 0.1859, rel=1e-3)


def test_positions_are_averaged_over_complete_blocks() -> None:
    places = np.arange(14.0).reshape(1, 14, 1) * np.ones(3)
    assert averaged(places, 5)[0, :, 0] == pytest.approx([2.0, 7.0])
