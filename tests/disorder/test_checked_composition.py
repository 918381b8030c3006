"""The composition of a disordered crystal for checks is neutral, also where its occupancies are rounded."""

from __future__ import annotations

import numpy as np
import pytest

from electrolith.disorder.checked_composition import neutral_composition
from electrolith.gen.disordered_crystal import DisorderedCrystal


def lithium_oxide(occupancy: float) -> DisorderedCrystal:
    """Li2O in antifluorite, whose Li have this occupancy, with further places of few Li."""
    oxygen = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    tetrahedra = np.concatenate([oxygen + 0.25, oxygen + 0.75]) % 1.0
    octahedra = (oxygen + 0.5) % 1.0
    coords = np.concatenate([oxygen, tetrahedra, octahedra])
    shares = ({8: 1.0},) * 4 + ({3: occupancy},) * 8 + ({3: 0.2},) * 4
    return DisorderedCrystal(np.eye(3) * 4.6, coords, shares, np.repeat([0, 1, 2], [4, 8, 4]), name="Li2O")


@pytest.mark.parametrize("occupancy", [0.9, 0.902, 0.898])
def test_the_charge_that_rounded_occupancies_leave_is_balanced(occupancy: float) -> None:
    found = neutral_composition(lithium_oxide(occupancy))
    assert found["Li"] == pytest.approx(2 * found["O"], abs=1e-9)
