"""The energies of the reference set and of the hull are on one scale: that of MP2020."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from numpy.typing import NDArray
from pymatgen.core import Composition

from electrolith.gen.data.convex_hull import hull_energy
from electrolith.gen.data.dataset import reference_set
from electrolith.gen.data.known_compounds import hull_entries
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables
from electrolith.validators import validator
from electrolith.validators.relaxation.potential_energy import energy_per_atom
from electrolith.validators.thermodynamics.formation_energy import hull_distance

MEASURED = {  # standard enthalpies of formation, eV/atom (CRC Handbook of Chemistry and Physics, 95th ed., section 5)
    "LiBr": -1.820, "NaBr": -1.871, "KBr": -2.041, "LiI": -1.401, "NaI": -1.491, "Li2S": -1.525, "Li2Se": -1.451,
    "Fe2O3": -1.708, "NiO": -1.242, "MoO3": -1.931, "WO3": -2.184,
}  # fmt: skip
ANIONS = ("N", "O", "F", "S", "Cl", "Se", "Br", "Te", "I")
AGREE = 0.05  # eV/atom
# eV/atom; CHGNet itself puts these antiferromagnets too high: other oxides of the two metals are 0.02 off on average
MISJUDGED = {"Fe2O3": 0.13, "NiO": 0.13}


def numbers_of(formula: str) -> dict[int, float]:
    return {element.Z: amount for element, amount in Composition(formula).items()}


@pytest.fixture(scope="module")
def hulls() -> dict[tuple[int, ...], list[float]]:
    """The hull that energy and height of each crystal imply, eV/atom, by its composition: elements, then counts."""
    data = reference_set()
    implied = data.property("formation_energy_per_atom") - data.property("energy_above_hull")
    by_formula = defaultdict(list)
    for k in np.flatnonzero(np.isfinite(implied)):
        crystal = data[int(k)]
        atoms = crystal_atoms(crystal.positions, crystal.elements)
        by_formula[atoms].append(float(implied[k]))
    return {formula: values for formula, values in by_formula.items() if len(values) > 1}


def crystal_atoms(positions: NDArray[np.int64], elements: NDArray[np.int64]) -> tuple[int, ...]:
    """Atomic numbers, ascending, then the count of each in a formula unit."""
    counts = np.bincount(elements, weights=wyckoff_tables().op_count[positions]).astype(int)
    present = np.flatnonzero(counts)
    return (*present.tolist(), *(counts[present] // np.gcd.reduce(counts[present])).tolist())


@pytest.mark.parametrize("anion", ANIONS)
def test_heights_of_polymorphs_imply_one_hull(anion: str, hulls: dict[tuple[int, ...], list[float]]) -> None:
    number = next(iter(numbers_of(anion)))
    spreads = np.array([np.ptp(v) for f, v in hulls.items() if number in f[: len(f) // 2]])
    assert len(spreads) > 50
    assert (spreads <= AGREE).mean() >= 0.95


@pytest.mark.parametrize("formula", MEASURED)
def test_energies_of_well_known_compounds_agree_with_measured_enthalpies(formula: str) -> None:
    compound = numbers_of(formula)
    system = hull_entries().system(compound)
    known = system.known_energy(system.vector(compound))
    assert known is not None
    assert known / sum(compound.values()) == pytest.approx(MEASURED[formula], abs=AGREE)


@pytest.mark.parametrize("formula", MEASURED)
def test_chgnet_puts_well_known_compounds_on_the_hull(formula: str) -> None:
    lowest = lowest_crystals(numbers_of(formula))
    crystals = [crystal_of(reference_set()[k], primitive=True) for k in lowest]
    heights = [hull_distance(crystal, energy_per_atom(crystal)) for crystal in crystals]
    assert abs(min(heights)) <= MISJUDGED.get(formula, 0.06)


def lowest_crystals(compound: dict[int, float]) -> list[int]:
    """The two crystals of the reference set with this composition that lie lowest."""
    data = reference_set()
    height = data.property("energy_above_hull")
    foreign = np.bincount(data.owner, weights=~np.isin(data.elements, list(compound)), minlength=len(data)) > 0
    wanted = (*sorted(compound), *(int(compound[z]) for z in sorted(compound)))
    possible = np.flatnonzero(~foreign & np.isfinite(height)).tolist()
    rows = [k for k in possible if crystal_atoms(data[k].positions, data[k].elements) == wanted]
    return sorted(rows, key=lambda k: height[k])[:2]


def test_salts_without_a_common_reaction_do_not_react() -> None:
    verdict = validator("interface", partner="LiCl").check_composition(Composition("NaBr"))  # type: ignore[attr-defined]
    assert verdict.passed


def test_the_hull_of_the_reference_set_is_that_of_the_table() -> None:
    data = reference_set()
    implied = data.property("formation_energy_per_atom") - data.property("energy_above_hull")
    errors = []
    for k in np.flatnonzero(np.isfinite(implied))[::400]:
        crystal = data[int(k)]
        atoms = crystal_atoms(crystal.positions, crystal.elements)
        half = len(atoms) // 2
        errors.append(implied[k] - hull_energy(dict(zip(atoms[:half], atoms[half:], strict=True))))
    assert np.median(np.abs(errors)) < 0.005
    assert (np.abs(errors) < AGREE).mean() > 0.97
