"""Orderings: neutral, of the right numbers of atoms, distinct, and of the energies that pymatgen's Ewald sum gives."""

from __future__ import annotations

import numpy as np
import pytest
from pymatgen.analysis.ewald import EwaldSummation
from pymatgen.core import Lattice, Structure

from electrolith.disorder.average_cell import average_cell
from electrolith.disorder.cell_choice import NoOrderings
from electrolith.disorder.ewald_pairs import pair_energies
from electrolith.disorder.formal_charges import formal_charges
from electrolith.disorder.order_options import OrderOptions
from electrolith.disorder.ordering_energy import OrderingEnergy
from electrolith.disorder.ordering_search import OrderingSearch, exchanged
from electrolith.disorder.orderings import order
from electrolith.disorder.rounding import rounded
from electrolith.disorder.supercell import supercell_of
from electrolith.gen.disordered_crystal import DisorderedCrystal
from electrolith.gen.reading.unreadable import Unreadable, crystal_of_structure

pytestmark = pytest.mark.usefixtures("without_surrogate")
QUICK = OrderOptions(potential="none", candidates=12)
SMALL = OrderOptions(potential="none", candidates=12, max_atoms=8)


def of_structure(structure: Structure) -> DisorderedCrystal:
    found = crystal_of_structure(structure, "x")
    assert isinstance(found, Unreadable)
    assert found.disordered is not None
    return found.disordered


def rock_salt(cations: dict[str, float], anion: str = "O") -> DisorderedCrystal:
    places = [[0, 0, 0], [0.5, 0.5, 0.5]]
    return of_structure(Structure.from_spacegroup("Fm-3m", Lattice.cubic(4.2), [cations, {anion: 1.0}], places))


LI_FE_O = rock_salt({"Li": 0.5, "Fe": 0.5})
LI_SC_ZR = rock_salt({"Li": 0.45, "Sc": 0.45, "Zr": 0.05})


def search_in(crystal: DisorderedCrystal, size: int) -> OrderingSearch:
    cell = average_cell(crystal)
    charges = formal_charges(cell.counts)
    rounding = rounded(cell, size, charges)
    assert rounding is not None
    return OrderingSearch(OrderingEnergy(cell, rounding, supercell_of(cell, size), charges))


@pytest.mark.parametrize("lattice", [Lattice.cubic(5.0), Lattice.from_parameters(4, 7, 11, 70, 100, 115)])
def test_energies_of_pairs_sum_to_the_ewald_energy_of_pymatgen(lattice: Lattice) -> None:
    random = np.random.default_rng(0)
    positions, charges = random.random((6, 3)), np.array([1.0, -1.0, 2.0, -2.0, 1.0, -1.0])
    pairs, nearest = pair_energies(positions, lattice.matrix)
    structure = Structure(lattice, ["Na"] * 6, positions)
    distances = structure.distance_matrix
    structure.add_oxidation_state_by_site(charges.tolist())
    assert charges @ pairs @ charges == pytest.approx(EwaldSummation(structure).total_energy, abs=1e-4)
    apart = ~np.eye(6, dtype=bool)
    assert nearest[apart] == pytest.approx(distances[apart])


def test_the_orderings_have_the_composition_of_the_crystal_and_are_neutral() -> None:
    found = order(LI_FE_O, QUICK)
    for model in found.models:
        assert model.crystal.formula == "LiFeO2"
    assert found.distinct is not None


def test_the_energies_of_exchanges_are_differences_of_energies() -> None:
    search = search_in(LI_SC_ZR, 5)
    (start, *_) = search.lowest(1).choices
    moves = search._moves(start)
    assert moves is not None
    before = search.energy.of(search.vector(start)[None])[0]
    for group, first, second, change in list(zip(*moves, strict=True))[::3]:
        after = search.energy.of(search.vector(exchanged(start, group, first, second))[None])[0]
        assert after - before == pytest.approx(change, abs=1e-6)


def test_enumeration_leaves_out_exactly_what_a_structure_matcher_finds_equal() -> None:
    from pymatgen.analysis.structure_matcher import StructureMatcher

    search = search_in(LI_FE_O, 4)
    found = search.lowest(100)
    assert found.ways == 6
    assert found.distinct == len(found.choices)
    models = [_structure(search, choice) for choice in found.choices]
    matcher = StructureMatcher(primitive_cell=False, scale=False)
    assert not any(matcher.fit(a, b) for k, a in enumerate(models) for b in models[:k])


def _structure(search: OrderingSearch, choice: tuple[np.ndarray, ...]) -> Structure:
    from electrolith.disorder.orderings import ordered_crystal

    return ordered_crystal(search.energy, choice, "x", LI_FE_O).structure


def test_sampling_finds_the_best_that_enumeration_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    search = search_in(LI_FE_O, 8)
    best = search.lowest(3)
    monkeypatch.setattr("electrolith.disorder.ordering_search.MOST_ENUMERATED", 1)
    sampled = search.lowest(3)
    assert sampled.distinct is None
    assert sampled.energies[0] == pytest.approx(best.energies[0])
    assert len({round(e, 6) for e in sampled.energies}) == len(sampled.energies) or best.distinct is not None


def test_the_same_seed_gives_the_same_orderings() -> None:
    one, other = (order(LI_SC_ZR, QUICK) for _ in range(2))
    assert [m.ewald for m in one.models] == [m.ewald for m in other.models]
    assert np.array_equal(one.models[0].crystal.frac_coords, other.models[0].crystal.frac_coords)


def test_a_cell_that_cannot_be_neutral_names_the_charge_and_the_nearest_composition() -> None:
    with pytest.raises(NoOrderings, match=r"keeps the charge \+\d+ \(.*the nearest neutral composition is Cl\d* Na"):
        order(rock_salt({"Na": 0.5, "Ca": 0.5}, anion="Cl"), SMALL)


def test_a_cell_that_no_numbers_make_neutral_says_so() -> None:
    with pytest.raises(NoOrderings, match="no numbers of atoms on its mixed sites make up for it"):
        order(rock_salt({"Sr": 0.5, "Ca": 0.5}, anion="Cl"), SMALL)


def test_a_primitive_cell_above_the_limit_is_refused() -> None:
    with pytest.raises(NoOrderings, match="more than the limit of 1 atoms"):
        order(LI_FE_O, OrderOptions(max_atoms=1, potential="none"))


@pytest.mark.parametrize(
    ("counts", "charges"),
    [
        ({3: 6, 15: 1, 16: 5, 17: 1}, {3: 1, 15: 5, 16: -2, 17: -1}),
        ({3: 4, 15: 2, 16: 6}, {3: 1, 15: 4, 16: -2}),
        ({3: 2.5, 23: 2, 15: 3, 8: 12}, {3: 1, 23: 3.25, 15: 5, 8: -2}),
        ({3: 1, 5: 1, 1: 4}, {3: 1, 5: 3, 1: -1}),
    ],
)
def test_formal_charges_are_those_of_the_textbook(counts: dict[int, float], charges: dict[int, float]) -> None:
    assert formal_charges(counts).of == charges
