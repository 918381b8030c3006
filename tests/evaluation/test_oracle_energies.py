"""The hull, and the results of CHGNet: distances to the minimum and stability."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element

from electrolith.gen.crystal import Crystal
from electrolith.gen.data import convex_hull as hull
from electrolith.gen.data.known_compounds import hull_entries

Named = Callable[[str], Crystal]


def atoms(formula: str) -> dict[int, float]:
    return {element.Z: amount for element, amount in Composition(formula).items()}


@pytest.mark.parametrize("formula", ["Li", "O2", "Fe"])
def test_elements_are_the_zero_of_the_hull(formula: str) -> None:
    assert hull.hull_energy(atoms(formula)) == 0.0


@pytest.mark.parametrize("formula", ["NaCl3", "Li6PS5Cl", "Li5La2ZrO8", "Li2FeO4"])
def test_the_hull_is_that_of_pymatgens_phase_diagram(formula: str) -> None:
    entries, wanted = hull_entries(), atoms(formula)
    known = []
    for i in np.unique(entries.owner[np.isin(entries.element, list(wanted))]):
        pairs = slice(entries.start[i], entries.start[i + 1])
        if set(entries.element[pairs].tolist()) <= set(wanted):
            amounts = dict(zip(entries.element[pairs].tolist(), entries.count[pairs].tolist(), strict=True))
            composition = Composition({Element.from_Z(z): n for z, n in amounts.items()})
            known.append(PDEntry(composition, entries.energy[i] * composition.num_atoms))
    expected = PhaseDiagram(known).get_hull_energy_per_atom(Composition(formula))
    assert hull.hull_energy(wanted) == pytest.approx(expected, abs=1e-6)


def test_mixing_known_compounds_costs_nothing_and_being_above_them_costs_the_difference() -> None:
    salt, oxide = hull.hull_energy(atoms("NaCl")), hull.hull_energy(atoms("Li2O"))
    mixed = hull.hull_energy(atoms("NaClLi2O"))
    assert mixed <= (2 * salt + 3 * oxide) / 5 + 1e-9
    assert hull.energy_above_hull(atoms("NaCl"), salt + 0.25) == pytest.approx(0.25)


def test_an_element_without_an_entry_is_an_error() -> None:
    with pytest.raises(ValueError, match="no known compounds"):
        hull.hull_energy({118: 1})


chgnet = pytest.mark.filterwarnings("ignore")  # the warnings of CHGNet's own dependencies are not ours


@chgnet
def test_rock_salt_pulled_apart_relaxes_to_its_cell_and_lies_on_the_hull(crystal_named: Named) -> None:
    pytest.importorskip("chgnet")
    from electrolith.validators.relaxation.relax import relax
    from electrolith.validators.structure.displacement import distance_to_relaxed
    from electrolith.validators.thermodynamics.formation_energy import hull_distance

    salt = crystal_named("NaCl")
    swollen = Crystal.of(salt.lattice * 1.03, salt.frac_coords, salt.atomic_numbers)
    found = relax(swollen)
    assert found.crystal is not None
    assert found.converged
    assert found.crystal.volume ** (1 / 3) == pytest.approx(5.69, abs=0.05)  # PBE
    assert distance_to_relaxed(swollen, found.crystal) < 0.01  # the atoms have no freedom
    assert abs(hull_distance(found.crystal, found.energy)) < 0.05


@chgnet
def test_atoms_on_top_of_each_other_are_not_given_to_chgnet() -> None:
    from electrolith.validators.relaxation.relax import relax

    clash = Crystal.of(np.eye(3) * 4, [[0, 0, 0], [0.01, 0, 0]], [11, 17])
    found = relax(clash)
    assert found.crystal is None
    assert "apart" in found.failure


@pytest.mark.parametrize("seed", range(3))
def test_the_distance_knows_neither_drift_nor_turns_nor_lattice_translations(seed: int, crystal_named: Named) -> None:
    from electrolith.validators.structure.displacement import distance_to_relaxed

    rng = np.random.default_rng(seed)
    one = crystal_named("CaTiO3")
    step = rng.normal(size=(len(one), 3)) * 0.01
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    coords = one.frac_coords + step
    other = Crystal.of(
        one.lattice @ turn, coords + rng.random(3) + rng.integers(-1, 2, size=(len(one), 3)), one.atomic_numbers
    )
    expected = np.sqrt((((step - step.mean(0)) @ one.lattice) ** 2).sum(1).mean())
    assert distance_to_relaxed(one, other) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", ["CaTiO3", "Li3N", "quartz"])
def test_the_distance_is_mattergens(name: str, crystal_named: Named) -> None:
    from pymatgen.analysis.structure_matcher import StructureMatcher

    from electrolith.validators.structure.displacement import distance_to_relaxed

    rng = np.random.default_rng(0)
    one = crystal_named(name)
    strain = np.eye(3) + 0.01 * rng.normal(size=(3, 3))
    coords = one.frac_coords + 0.01 * rng.normal(size=(len(one), 3))
    other = Crystal.of(one.lattice @ strain, coords, one.atomic_numbers)
    matcher = StructureMatcher(ltol=0.5, stol=0.5, angle_tol=10, scale=False, attempt_supercell=True)
    matched = matcher.get_rms_dist(one.structure, other.structure)[0]
    volume = (one.volume + other.volume) / 2 / len(one)
    assert distance_to_relaxed(one, other) == pytest.approx(matched * volume ** (1 / 3), rel=0.03)
