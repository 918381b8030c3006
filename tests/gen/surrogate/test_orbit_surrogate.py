"""Laws of the orbit surrogate: invariances of its predictions, and skill of the shipped weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.properties import SHIPPED
from electrolith.gen.surrogate.orbit_inputs import OrbitInputs
from electrolith.gen.surrogate.orbit_network import OrbitNetwork, SurrogateSize
from electrolith.gen.surrogate.orbit_surrogate import WEIGHTS, OrbitSurrogate, default_orbit_surrogate
from electrolith.gen.symmetry.orbits import orbits_of

SMALL = SurrogateSize(width=16, layers=2, heads=2, members=2)


@pytest.fixture(scope="module")
def untrained() -> OrbitSurrogate:
    torch.manual_seed(0)
    return OrbitSurrogate(OrbitNetwork(SMALL))


def some(n: int) -> list[tuple[int, list[int], list[int]]]:
    data = reference_set()
    crystals = (data[int(i)] for i in np.random.default_rng(1).integers(len(data), size=n))
    return [(o.space_group, o.positions.tolist(), o.elements.tolist()) for o in crystals]


def test_a_prediction_does_not_depend_on_the_order_of_the_orbits(untrained: OrbitSurrogate) -> None:
    there = some(20)
    turned = [(g, p[::-1], z[::-1]) for g, p, z in there]
    one, other = (untrained.predict(OrbitInputs.of_skeletons(x)) for x in (there, turned))
    np.testing.assert_allclose(one.values, other.values, rtol=1e-4)
    np.testing.assert_allclose(one.spreads, other.spreads, rtol=1e-4)


def test_a_prediction_does_not_depend_on_the_other_crystals_of_its_batch(untrained: OrbitSurrogate) -> None:
    there = some(12)
    together = untrained.predict(OrbitInputs.of_skeletons(there)).values
    alone = np.concatenate([untrained.predict(OrbitInputs.of_skeletons([x])).values for x in there])
    np.testing.assert_allclose(together, alone, rtol=1e-4)


def test_a_prediction_depends_on_the_composition_not_on_the_formula_units(untrained: OrbitSurrogate) -> None:
    once, twice = OrbitInputs.of_compositions([{3: 2, 8: 1}]), OrbitInputs.of_compositions([{3: 4, 8: 2}])
    np.testing.assert_allclose(untrained.predict(once).values, untrained.predict(twice).values, rtol=1e-5)


def test_hiding_the_structure_leaves_the_composition_alone(
    untrained: OrbitSurrogate, crystal_named: Callable[[str], Crystal]
) -> None:
    orbits = orbits_of(crystal_named("SrTiO3"))
    whole = OrbitInputs.of_skeletons([(orbits.space_group, orbits.positions, orbits.elements)])
    hidden = untrained.predict(whole.without_structure(torch.tensor([True])))
    # Sr 1, Ti 1, O 3: each element on one orbit, so that the composition has the same tokens
    alone = untrained.predict(OrbitInputs.of_compositions([{38: 1, 22: 1, 8: 3}]))
    np.testing.assert_allclose(hidden.values, alone.values, rtol=1e-5)
    assert not np.allclose(hidden.values, untrained.predict(whole).values)


def test_normalised_values_are_restored_to_the_unit() -> None:
    values = np.array([[0.05, -1.0, 2.0, 4.0, 120.0, 40.0, 0.5, 0.3, 0.4, 1e-4]])
    np.testing.assert_allclose(SHIPPED.restore(SHIPPED.normalise(values).astype(np.float64)), values, rtol=1e-5)


def test_the_shipped_surrogate_predicts_energies_of_crystals_it_has_not_seen() -> None:
    data = reference_set()
    chosen = np.flatnonzero((data.split == SPLITS.index("test")) & (data.n_atoms <= 20))[::50]
    inputs = OrbitInputs.of_skeletons((int(o.space_group), o.positions, o.elements) for o in data.take(chosen))
    true = data.property("formation_energy_per_atom")[chosen]
    values, spreads = default_orbit_surrogate().predict(inputs).of("formation_energy_per_atom")
    error = np.abs(values - true)
    assert error.mean() < 0.25 * np.abs(true - true.mean()).mean()  # against knowing the mean alone
    # the spread is honest: wide predictions err more, and most truths lie within two of it
    wide = spreads > np.median(spreads)
    assert error[wide].mean() > error[~wide].mean()
    assert (error < 2 * spreads).mean() > 0.8


def test_the_shipped_weights_are_the_default() -> None:
    assert WEIGHTS.exists()
