"""Molecular dynamics: free ions, and supercells that are wide enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from egg_box import cell_of

from electrolith.gen.crystal import Crystal
from electrolith.gen.symmetry.orbits import primitive_cell
from electrolith.validators.transport.molecular_dynamics import FRICTION, run
from electrolith.validators.transport.random_walk import hop_length, walk
from electrolith.validators.transport.supercells import supercell, width

Named = Callable[[str], Crystal]
pytestmark = pytest.mark.usefixtures("eggs")


def test_free_lithium_diffuses_by_einsteins_relation() -> None:
    """Without a lattice only the heat bath's friction is left: D = k T / (m γ)."""
    went = run(cell_of(2), "eggs:gas", 300.0, 15.0, 5.0, seed=1)
    found = walk(went)
    true = 1.380649e-23 * 300 / (6.94 * 1.66054e-27 * FRICTION * 1e12) * 1e4  # cm²/s
    assert found.diffusivity == pytest.approx(true, rel=0.3)
    assert abs(found.diffusivity - true) < 3 * found.spread
    assert went.temperature == pytest.approx(300, rel=0.03)
    assert went.picoseconds == pytest.approx(15, rel=0.01)


@pytest.mark.parametrize("name", ["Li3N", "Li2O", "Li6PS5Cl", "LiCoO2", "Li3PO4", "triclinic"])
def test_a_supercell_is_the_same_crystal_and_wide_enough(name: str, crystal_named: Named) -> None:
    crystal = primitive_cell(crystal_named(name))
    cell = supercell(crystal, 9.0, 150)
    assert cell is not None
    assert width(cell.lattice) >= 9.0
    assert len(cell) <= 150
    assert cell.formula == crystal.formula
    assert cell.volume / len(cell) == pytest.approx(crystal.volume / len(crystal))
    assert hop_length(cell) == pytest.approx(hop_length(crystal), rel=1e-3)
    assert primitive_cell(cell).volume == pytest.approx(crystal.volume, rel=1e-3)


def test_the_smallest_wide_cell_is_taken_also_where_it_is_the_conventional_one(crystal_named: Named) -> None:
    argyrodite = supercell(primitive_cell(crystal_named("Li6PS5Cl")), 9.0, 150)
    assert argyrodite is not None
    assert len(argyrodite) == 52
    assert supercell(crystal_named("Li6PS5Cl"), 9.0, 40) is None
