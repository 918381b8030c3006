"""Laws of the quota of chemistry: the shares are those of known compounds, and the constraints hold every kind."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from electrolith.conditioners.targets import Targets
from electrolith.evaluation.family_shares import training_shares
from electrolith.gen.skeleton.skeleton import Skeleton
from electrolith.generation.attempt_seeds import slot_point
from electrolith.generation.chemistry_quota import chemistry_quota, narrowed, of_skeleton
from electrolith.validators.chemistry.compound_families import COMPOUND_FAMILIES, NON_METALS, WITH_F, chemistry_of

FLUORINE, OXYGEN, CHLORINE, SULFUR, BROMINE, IODINE, PHOSPHORUS = 9, 8, 17, 16, 35, 53, 15
LITHIUM, IRON, NEODYMIUM, YTTERBIUM = 3, 26, 60, 70
FREE = Targets().constraints()
POINTS = [slot_point(3, slot) for slot in range(300)]


def test_an_example_requires_its_non_metal_and_excludes_those_above_it() -> None:
    found = narrowed(FREE, frozenset({LITHIUM, PHOSPHORUS, SULFUR}))
    assert found.required == {SULFUR}
    assert found.allowed is not None
    assert not found.allowed & {FLUORINE, OXYGEN, CHLORINE, BROMINE, IODINE, NEODYMIUM, YTTERBIUM}
    assert {LITHIUM, IRON, PHOSPHORUS, SULFUR} <= found.allowed


def test_an_intermetallic_example_excludes_all_non_metals_and_f_elements_stay_where_it_has_one() -> None:
    found = narrowed(FREE, frozenset({IRON, NEODYMIUM}))
    assert found.required == frozenset()
    assert found.allowed is not None
    assert not found.allowed & set(NON_METALS)
    assert {NEODYMIUM, YTTERBIUM} <= found.allowed


@pytest.mark.parametrize("values", [{}, {"elements": "Li"}, {"elements": "Li", "exclude": "O,F"}])
def test_every_kind_is_possible_under_the_constraints_of_its_crystal(values: dict[str, str]) -> None:
    constraints = Targets(**values).constraints()
    quota = chemistry_quota(constraints, range(200), POINTS[:200])
    assert len(quota.kept) == 200
    for kept, own in zip(quota.kept, quota.constraints, strict=True):
        assert constraints.required <= own.required
        assert own.allowed is not None
        assert constraints.allowed is not None
        assert own.required <= own.allowed <= constraints.allowed
        assert kept.startswith(chemistry_of(own.required)) or not own.required & set(NON_METALS)


def test_the_shares_of_a_few_hundred_slots_are_those_of_the_training_data() -> None:
    kept = chemistry_quota(FREE, range(300), POINTS[:300]).kept
    assert chemistry_quota(FREE, [7, 8], POINTS[7:9]).kept == kept[7:9]
    counts = Counter(one.removesuffix(WITH_F) for one in kept)
    shares = training_shares()
    for family in COMPOUND_FAMILIES:
        assert counts[family] / len(kept) == pytest.approx(shares[family], rel=0.15, abs=0.01), family


def test_the_points_of_any_row_of_slots_lie_evenly() -> None:
    for first in (0, 1234):
        points = np.sort([slot_point(5, slot) for slot in range(first, first + 100)])
        assert np.abs(points - (np.arange(100) + 0.5) / 100).max() < 0.05


def test_the_models_decide_where_the_constraints_or_targets_do() -> None:
    system = Targets(chemical_system="Li-P-S").constraints()
    for constraints, as_drawn in ((system, False), (FREE, True), (Targets(elements="Li,Ne").constraints(), False)):
        quota = chemistry_quota(constraints, [1, 2], POINTS[:2], as_drawn)
        assert (quota.kept, quota.constraints, quota.seeds) == ((), (), [1, 2])
    assert quota.of(Skeleton(225, (0, 1), (LITHIUM, SULFUR), 0.0)) == of_skeleton(Skeleton(1, (0,), (SULFUR,), 0.0))
