"""The most stable mixture of known compounds: laws of the linear programme, on random systems and on known ones."""

from __future__ import annotations

import numpy as np
import pytest

from electrolith.gen.data.chemical_system import ChemicalSystem, NoCompounds
from electrolith.gen.data.convex_hull import hull_energy
from electrolith.gen.data.known_compounds import HullEntries, hull_entries

SYSTEMS = [(3, 8), (3, 15, 16), (3, 8, 27), (3, 15, 16, 17), (3, 8, 40, 57), (3, 15, 16, 17, 32)]


def random_system(seed: int, elements: int = 4, compounds: int = 40) -> ChemicalSystem:
    """The elements at zero energy, and random compounds of them with random negative energies."""
    rng = np.random.default_rng(seed)
    counts = np.column_stack([np.eye(elements), 1 + rng.integers(0, 5, (elements, compounds))]).astype(np.float64)
    energy = np.concatenate([np.zeros(elements), -rng.random(compounds)])
    return ChemicalSystem(np.arange(3, 3 + elements), counts, energy)


@pytest.mark.parametrize("seed", range(20))
def test_a_mixture_has_the_required_amounts_and_costs_the_sum_of_its_parts(seed: int) -> None:
    system = random_system(seed)
    amounts = np.random.default_rng(seed).random(4) + 0.1
    energy, units = system.mixture(amounts)
    assert (units >= 0).all()
    assert system.counts @ units == pytest.approx(amounts, abs=1e-9)
    assert system.energies @ units == pytest.approx(energy, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_no_compound_lies_below_the_hull_and_the_hull_is_convex(seed: int) -> None:
    system = random_system(seed)
    one, other = np.random.default_rng(seed).random((2, 4)) + 0.1
    energies = [system.mixture(amounts)[0] for amounts in (one, other, one + other)]
    assert energies[2] <= energies[0] + energies[1] + 1e-9
    for i in range(0, len(system.sizes), 7):
        assert system.mixture(system.counts[:, i])[0] <= system.energies[i] + 1e-9


@pytest.mark.parametrize("seed", range(10))
def test_energies_grow_with_the_amounts_and_a_compound_below_the_hull_is_its_own_best_mixture(seed: int) -> None:
    system = random_system(seed)
    amounts = np.random.default_rng(seed).random(4) + 0.1
    energy, _ = system.mixture(amounts)
    assert system.mixture(3 * amounts)[0] == pytest.approx(3 * energy, abs=1e-9)
    lower, units = system.plus(amounts, energy - 0.1).mixture(amounts)
    assert lower == pytest.approx(energy - 0.1, abs=1e-9)
    assert units[-1] == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("elements", SYSTEMS, ids=str)
def test_formula_units_and_atomic_fractions_give_the_same_hull(elements: tuple[int, ...]) -> None:
    system = hull_entries().system(elements)
    for amounts in np.random.default_rng(0).integers(1, 9, (10, len(elements))).astype(np.float64):
        per_atom = hull_energy(dict(zip(elements, amounts.tolist(), strict=True)))
        assert system.mixture(amounts)[0] / amounts.sum() == pytest.approx(per_atom, abs=1e-9)


@pytest.mark.parametrize("elements", SYSTEMS, ids=str)
def test_a_system_holds_the_compounds_of_its_elements_and_no_others(elements: tuple[int, ...]) -> None:
    entries = hull_entries()
    pairs = [slice(*entries.start[i : i + 2]) for i in range(len(entries))]
    inside = [i for i, pair in enumerate(pairs) if set(entries.element[pair].tolist()) <= set(elements)]
    system = entries.system(elements)
    assert system.energy_per_atom.tolist() == entries.energy[inside].tolist()
    assert system.sizes.tolist() == [entries.count[pairs[i]].sum() for i in inside]


def test_an_element_without_compounds_is_named() -> None:
    salt = HullEntries(np.array([0, 2, 3]), np.array([11, 17, 11]), np.array([1, 1, 1]), np.array([-2.0, 0.0]))
    assert len(salt.system([11]).sizes) == 1
    with pytest.raises(NoCompounds, match="no known compounds of Fe"):
        salt.system([11, 26])
    with pytest.raises(NoCompounds, match="no known compounds mix"):
        salt.system([11, 17]).mixture(np.array([1.0, 2.0]))
