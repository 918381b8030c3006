"""Laws of the conductivity estimate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pymatgen.core import Composition

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.validators.transport.conductivity import Conductivity, substance_of
from electrolith.validators.transport.conductor_features import NAMES, Substance, features, point_group
from electrolith.validators.transport.conductor_model import NEAR, ConductorModel, default_model, ranking
from electrolith.validators.transport.measured_conductors import FLOOR, measured

Named = Callable[[str], Crystal]


def test_every_measured_row_has_all_features_and_a_value_no_lower_than_the_floor() -> None:
    rows = measured()
    assert rows.features.shape == (len(rows.values), len(NAMES))
    assert np.isfinite(rows.features).all()
    assert rows.values.min() == FLOOR  # "<1E-10" and lower
    assert np.allclose(rows.shares.sum(1), 1)
    assert all(rows.families)


def test_leaving_a_family_out_in_closed_form_is_fitting_without_it() -> None:
    rows = measured()
    model = default_model()
    left = np.flatnonzero(rows.families == "nitrides")
    kept = rows.only(np.flatnonzero(rows.families != "nitrides"))
    other = ConductorModel.__new__(ConductorModel)
    other.__dict__.update(model.__dict__)
    other.rows = kept
    same = (kept.families[:, None] == kept.families[None]).astype(float)
    from electrolith.validators.transport import conductor_model as m

    rest = m.CONSTANT + m.FAMILY * same + m.NOISE * np.eye(len(same))
    other.processes = []
    for process in model.processes:
        inverse = np.linalg.inv(process.size * other._additive(kept.features, process.length) + rest)
        weights = inverse @ (kept.values - model.mean)
        other.processes.append(replace(process, inverse=inverse, weights=weights))
    found = other.estimate(rows.features[left], rows.shares[left])
    far = [k for k, e in enumerate(found) if e.distance >= NEAR]
    assert far
    assert [found[k].value - model.offset for k in far] == pytest.approx(model.left_out[left][far].tolist(), abs=1e-6)


def test_ranking_is_one_for_a_perfect_order_and_a_half_for_none() -> None:
    truth = np.array([False, False, True, True])
    assert ranking(np.array([1.0, 2, 3, 4]), truth) == 1
    assert ranking(np.array([4.0, 3, 2, 1]), truth) == 0
    assert ranking(np.ones(4), truth) == 0.5


def test_features_do_not_depend_on_the_number_of_formula_units() -> None:
    one, four = (features(Substance(Composition(f), 216, 960.0, 18.0)) for f in ("Li6PS5Cl", "Li24P4S20Cl4"))
    assert one == pytest.approx(four)


@pytest.mark.parametrize(
    ("group", "order", "inversion"), [(1, 1, 0), (2, 2, 1), (216, 24, 0), (225, 48, 1), (230, 48, 1)]
)
def test_point_groups_have_their_order(group: int, order: int, inversion: int) -> None:
    assert point_group(group) == (order, inversion)


def test_a_measured_composition_is_recognised(crystal_named: Named) -> None:
    verdict = Conductivity(at_least=1e-5).check(crystal_named("Li6PS5Cl"))
    details = {d.name: d.value for d in verdict.details}
    assert verdict.passed
    assert details["nearest measured composition"] == "Li6PS5Cl"
    assert details["difference of composition"] == pytest.approx(0, abs=1e-9)
    assert verdict.spread is not None
    assert 0 < verdict.spread < 5
    assert verdict.reason.startswith("estimated")


def test_lithium_phosphate_is_estimated_below_the_argyrodite(crystal_named: Named) -> None:
    low, high = (Conductivity().check(crystal_named(n)) for n in ("Li3PO4", "Li6PS5Cl"))
    assert (low.value or 0) < (high.value or 0)


def test_an_estimate_far_from_all_measured_compositions_carries_a_doubt(crystal_named: Named) -> None:
    alloy = Crystal.of(3.2 * np.eye(3), [[0, 0, 0], [0.5, 0.5, 0.5]], [3, 79])
    verdict = Conductivity().check(alloy)
    assert verdict.doubt == "no compound of Au was measured"
    assert verdict.doubt in verdict.reason
    carbide = Conductivity().check(Crystal.of(3.2 * np.eye(3), [[0, 0, 0], [0.5, 0.5, 0.5]], [3, 6]))
    assert carbide.doubt == "unlike all measured compositions"
    assert Conductivity().check(crystal_named("Li6PS5Cl")).doubt == ""


def test_a_crystal_without_lithium_fails(crystal_named: Named) -> None:
    assert Conductivity().check(crystal_named("NaCl")).passed is None
    assert Conductivity(at_least=1e-4).check(crystal_named("NaCl")).passed is False


def test_the_choice_of_the_cell_does_not_matter(crystal_named: Named) -> None:
    crystal = crystal_named("Li2O")
    one, other = substance_of(crystal), substance_of(Crystal.from_structure(crystal.structure * [1, 2, 1]))
    assert one is not None
    assert other is not None
    assert features(one) == pytest.approx(features(other), abs=1e-6)


def test_a_limit_of_zero_is_refused() -> None:
    with pytest.raises(UserError):
        Conductivity(at_least=0)
