"""Laws of the funnel: order, stopping, transforms, ranking; and no crystal ends a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

from electrolith import screen
from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.gen.reading.cif_reader import Unreadable
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening.candidate_table import step_counts
from electrolith.screening.funnel import run_check
from electrolith.screening.inputs import numbered_entries
from electrolith.screening.rank_survivors import rank_results
from electrolith.screening.results import ScreeningResult
from electrolith.validators import VALIDATORS
from electrolith.validators.check import Check, Transform
from electrolith.validators.verdict import Detail, Verdict

Named = Callable[[str], Crystal]


class Swollen(Transform):
    """Doubles the volume; falls apart at diamond, breaks down at copper."""

    name: ClassVar[str] = "swollen"

    def apply(self, crystal: Crystal) -> tuple[Verdict, Crystal | None]:
        if crystal.formula == "Cu":
            raise RuntimeError("not copper")
        if crystal.formula == "C":
            return Verdict(self.name, False, reason="it fell apart"), None
        larger = replace(crystal, lattice=crystal.lattice * 2 ** (1 / 3), info={"energy_per_atom": -1.0})
        return Verdict(self.name, True, 2.0), larger


class Size(Check):
    """Reports the volume of its crystal, and the energy found by an earlier step."""

    name: ClassVar[str] = "size"

    def answer(self, crystal: Crystal) -> Verdict:
        details = (Detail("energy", crystal.info.get("energy_per_atom", 0.0), "eV/atom"),)
        return Verdict(self.name, None, crystal.volume, unit="Å³", details=details)


@pytest.fixture(autouse=True)
def _more_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VALIDATORS, "swollen", Swollen)
    monkeypatch.setitem(VALIDATORS, "size", Size)


def by_id(found: list[ScreeningResult]) -> dict[str, ScreeningResult]:
    return {one.id: one for one in found}


def test_a_crystal_stops_at_the_first_check_that_it_fails(crystal_named: Named) -> None:
    crushed = replace(crystal_named("NaCl"), lattice=np.eye(3) * 2.0, name="crushed")
    found = by_id(screen([crystal_named("NaCl"), crushed], {"checks": [{"check": "distances"}, {"check": "volume"}]}))
    assert found["NaCl"].passed
    assert [a.step for a in found["NaCl"].answers] == ["distances", "volume"]
    assert found["crushed"].stopped == "distances"
    assert [a.step for a in found["crushed"].answers] == ["distances"]
    assert "sum of the radii" in found["crushed"].reason


def test_unknown_stops_where_the_recipe_says_so(crystal_named: Named) -> None:
    for unknown, passed in (("go", True), ("stop", False)):
        (found,) = screen([crystal_named("NaCl")], {"checks": [{"check": "size", "unknown": unknown}]})
        assert found.passed is passed


def test_after_a_change_the_checks_see_the_changed_crystal(crystal_named: Named) -> None:
    (found,) = screen([crystal_named("NaCl")], {"checks": [{"check": c} for c in ("size", "swollen", "size")]})
    before, after = found.value("size"), found.value("size_2")
    assert before is not None
    assert after == pytest.approx(2 * before)
    assert found.value("size_2: energy") == -1.0
    assert found.crystal is not None
    assert found.crystal.volume == pytest.approx(after)


def test_a_change_that_fails_or_breaks_down_costs_only_its_crystal(crystal_named: Named) -> None:
    recipe = {"checks": [{"check": "swollen", "unknown": "stop"}]}
    found = by_id(screen([crystal_named(n) for n in ("diamond", "Cu", "NaCl")], recipe))
    assert found["diamond"].reason == "it fell apart"
    assert "not copper" in found["Cu"].reason
    assert found["Cu"].verdicts["swollen"].passed is None
    assert found["NaCl"].passed


def test_infinite_numbers_and_entries_that_are_not_crystals_get_a_reason(crystal_named: Named) -> None:
    broken = replace(crystal_named("NaCl"), frac_coords=np.full((8, 3), np.nan), name="nan")
    flat = replace(crystal_named("NaCl"), lattice=np.zeros((3, 3)), name="flat")
    found = by_id(screen([broken, flat, Unreadable("lost", "no such thing")], {"checks": [{"check": "swollen"}]}))
    assert "not finite" in found["nan"].reason
    assert "flat" in found["flat"].reason
    assert (found["lost"].stopped, found["lost"].reason) == ("reading", "no such thing")


def test_twins_are_found_in_the_order_of_the_input(crystal_named: Named) -> None:
    pair = [crystal_named("NaCl"), replace(crystal_named("NaCl"), lattice=np.eye(3) * 5.7)]
    found = screen(pair, {"checks": [{"check": "unique"}]})
    assert [(one.id, one.stopped, one.reason) for one in found] == [
        ("NaCl", "", ""),
        ("NaCl-2", "unique", "the same as NaCl"),
    ]


def test_survivors_are_ranked_and_the_rest_follow_by_how_far_they_came(crystal_named: Named) -> None:
    names = ("SrTiO3", "diamond", "NaCl", "Cu", "Li2O")
    recipe = {
        "checks": [{"check": "size"}, {"check": "swollen", "unknown": "stop"}],
        "rank": [{"by": "size", "order": "low"}],
    }
    found = screen([crystal_named(n) for n in names], recipe)
    assert [one.id for one in found] == ["SrTiO3", "Li2O", "NaCl", "diamond", "Cu"]
    assert [one.rank for one in found] == [1, 2, 3, None, None]
    assert [one.score for one in found] == [1.0, 0.5, 0.0, None, None]


def test_weights_decide_between_criteria_and_who_has_no_value_comes_last() -> None:
    recipe = find_recipe(
        {
            "checks": [{"check": "size"}, {"check": "volume"}],
            "rank": [{"by": "size", "order": "low", "weight": 3}, {"by": "volume", "order": "high", "weight": 1}],
        }
    )
    values = {"small": (1.0, 1.0), "large": (9.0, 9.0), "none": (None, 5.0)}
    entries = list(numbered_entries([Unreadable(name, "") for name in values]))
    rows = [
        replace(
            ScreeningResult(entry.place, entry.id, None),
            answers=screened_answers(dict(zip(("size", "volume"), values[entry.id], strict=True))),
        )
        for entry in entries
    ]
    order = rank_results(rows, recipe)
    assert [one.id for one in order] == ["small", "large", "none"]
    assert [one.score for one in order] == [pytest.approx(s) for s in (0.75, 0.625, 0.125)]


def screened_answers(values: dict[str, float | None]) -> tuple[object, ...]:
    from electrolith.screening.results import Answer

    return tuple(Answer(step, Verdict(step, True, value), 0.0) for step, value in values.items())


def test_who_came_is_who_failed_stopped_or_went_on(crystal_named: Named) -> None:
    recipe = find_recipe({"checks": [{"check": "swollen", "unknown": "stop"}, {"check": "volume"}]})
    crystals = [crystal_named(n) for n in ("diamond", "Cu", "NaCl", "Li2O")]
    found = step_counts(screen([*crystals, Unreadable("lost", "")], recipe), recipe)
    assert [(c["check"], c["came"], c["failed"], c["stopped_as_unknown"]) for c in found] == [
        ("reading", 5, 1, 0),
        ("swollen", 4, 1, 1),
        ("volume", 2, 0, 0),
    ]


def test_a_record_is_read_back_from_json_as_it_was(crystal_named: Named) -> None:
    import json

    (found,) = screen([crystal_named("NaCl")], {"checks": [{"check": "size"}, {"check": "swollen"}]})
    again = ScreeningResult.from_mapping(json.loads(json.dumps(found.as_mapping())))
    assert again.verdicts == found.verdicts
    assert again.crystal is not None
    assert found.crystal is not None
    assert (again.crystal.lattice == found.crystal.lattice).all()
    assert (again.id, again.formula, again.group) == (found.id, found.formula, found.group)


def test_names_that_collide_or_are_no_file_names_become_names_of_their_own() -> None:
    entries = numbered_entries([Unreadable(name, "") for name in ("a", "a", "../b c", "", "a-2")])
    assert [entry.id for entry in entries] == ["a", "a-2", "b_c", "crystal-4", "a-2-2"]


def test_pymatgen_structures_may_be_screened_and_numbers_may_not(crystal_named: Named) -> None:
    (found,) = screen([crystal_named("NaCl").structure], {"checks": [{"check": "volume"}]})
    assert found.passed
    with pytest.raises(UserError, match="int is not a crystal"):
        screen([3], {"checks": [{"check": "volume"}]})


def test_the_verdict_of_a_check_alone_leaves_the_crystal_as_it_is(crystal_named: Named) -> None:
    crystal = crystal_named("NaCl")
    verdict, same = run_check(Size(), crystal)
    assert same is crystal
    assert verdict.passed is None
