"""Laws of the quota of chemistry: the shares are those of known compounds, and the constraints hold every kind."""

from __future__ import annotations

from collections import Counter

import pytest

from electrolith.conditioners.targets import Targets
from electrolith.gen.skeleton.skeleton import Skeleton
from electrolith.generation.chemistry_quota import chemistry_quota, narrowed, of_skeleton
from electrolith.validators.chemistry.compound_families import NON_METALS, chemistry_of

FLUORINE, OXYGEN, CHLORINE, SULFUR, BROMINE, IODINE, PHOSPHORUS = 9, 8, 17, 16, 35, 53, 15
LITHIUM, IRON, NEODYMIUM, YTTERBIUM = 3, 26, 60, 70
FREE = Targets().constraints()


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
    quota = chemistry_quota(constraints, range(200))
    assert len(quota.kept) == 200
    for kept, own in zip(quota.kept, quota.constraints, strict=True):
        assert constraints.required <= own.required
        assert own.allowed is not None
        assert constraints.allowed is not None
        assert own.required <= own.allowed <= constraints.allowed
        assert kept.startswith(chemistry_of(own.required)) or not own.required & set(NON_METALS)


def test_the_shares_are_those_of_the_training_data_and_a_seed_decides_its_crystal() -> None:
    seeds = range(3000)
    kept = chemistry_quota(FREE, seeds).kept
    assert chemistry_quota(FREE, seeds[7:9]).kept == kept[7:9]
    counts = Counter(one.split(" with f")[0] for one in kept)
    for family, share in {"oxides": 0.21, "sulfides": 0.055, "intermetallics": 0.41}.items():
        assert counts[family] / len(kept) == pytest.approx(share, rel=0.2)


def test_the_models_decide_where_the_constraints_or_targets_do() -> None:
    system = Targets(chemical_system="Li-P-S").constraints()
    for constraints, as_drawn in ((system, False), (FREE, True), (Targets(elements="Li,Ne").constraints(), False)):
        quota = chemistry_quota(constraints, [1, 2], as_drawn)
        assert (quota.kept, quota.constraints, quota.seeds) == ((), (), [1, 2])
    assert quota.of(Skeleton(225, (0, 1), (LITHIUM, SULFUR), 0.0)) == of_skeleton(Skeleton(1, (0,), (SULFUR,), 0.0))
