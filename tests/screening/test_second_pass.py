"""Checks of the best crystals alone, and near misses in a screening."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.io.csv_rows import csv_rows
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening.candidate_table import step_counts
from electrolith.screening.funnel import stops
from electrolith.screening.rank_survivors import NEAR_MISS_COST, rank_results
from electrolith.screening.results import Answer, ScreeningResult
from electrolith.screening.screening_request import ScreeningRequest
from electrolith.screening.screening_run import screen, screen_to_folder
from electrolith.screening.second_pass import second_pass
from electrolith.validators.verdict import Verdict

Named = Callable[[str], Crystal]
SALTS = ("NaCl", "Li2O", "TiO2", "CaTiO3")
RECIPE = {
    "name": "best",
    "checks": [{"check": "distances"}, {"check": "cost", "at_most": None}, {"check": "volume", "best": 2}],
    "rank": [{"by": "cost", "order": "low"}],
}


def test_a_check_of_the_best_runs_for_these_alone_whatever_the_order_of_the_input(crystal_named: Named) -> None:
    salts = [crystal_named(name) for name in SALTS]
    forth, back = (screen(crystals, RECIPE) for crystals in (salts, salts[::-1]))
    for ranked in (forth, back):
        assert ["volume" in one.verdicts for one in ranked] == [True, True, False, False]
        assert [one.rank for one in ranked] == [1, 2, 3, 4]
    assert [one.id for one in forth] == [one.id for one in back]
    counts = {step["check"]: step["came"] for step in step_counts(forth, find_recipe(RECIPE))}
    assert counts == {"reading": 4, "distances": 4, "cost": 4, "volume": 2}


def test_a_resumed_run_checks_the_same_best_crystals_and_none_twice(crystal_named: Named) -> None:
    recipe = find_recipe(RECIPE)
    first = screen([crystal_named(name) for name in SALTS], recipe.of_all)
    whole = {one.place: one for one in second_pass(first, recipe, 0)}
    assert len(whole) == 2
    done = next(iter(whole))
    halfway = [whole[done] if one.place == done else one for one in first]
    assert [one.place for one in second_pass(halfway, recipe, 0)] == [place for place in whole if place != done]


def test_one_of_the_best_that_fails_later_is_no_survivor(crystal_named: Named) -> None:
    late = [*RECIPE["checks"][:2], {"check": "distances", "min_fraction": 10.0, "best": 1}]  # type: ignore[index]
    ranked = screen([crystal_named(name) for name in SALTS], {**RECIPE, "checks": late})
    assert [one.stopped for one in ranked] == ["", "", "", "distances_2"]


def test_the_whole_table_comes_from_a_folder(crystal_named: Named, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in SALTS:
        (tmp_path / "in" / f"{name}.cif").write_text(crystal_named(name).structure.to(fmt="cif"), encoding="utf-8")
    request = ScreeningRequest((str(tmp_path / "in"),), find_recipe(RECIPE))
    screen_to_folder(request, tmp_path / "out")
    rows = list(csv_rows(tmp_path / "out" / "candidates.csv"))
    assert [bool(row["volume"]) for row in rows] == [True, True, False, False]
    assert list(rows[0])[-3:] == ["remarks", "source", "near_misses"]


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ([{"check": "distances", "best": 0}], "write how many"),
        ([{"check": "distances", "best": 2}, {"check": "volume"}], "write best: 2, too"),
        ([{"check": "distances", "best": 2}, {"check": "volume", "best": 3}], "write best: 2, too"),
    ],
)
def test_the_best_are_a_number_that_holds_to_the_end_of_the_recipe(checks: list[dict[str, object]], words: str) -> None:
    with pytest.raises(UserError, match=words):
        find_recipe({"name": "x", "checks": checks})


def test_no_crystal_is_ranked_by_a_check_that_runs_after_the_ranking() -> None:
    with pytest.raises(UserError, match="no check 'volume' for all crystals"):
        find_recipe({**RECIPE, "rank": [{"by": "volume", "order": "low"}]})


def test_a_near_miss_stops_no_crystal_and_costs_a_share_of_the_score() -> None:
    recipe = find_recipe(RECIPE)
    verdict = Verdict("distances", False, 1.0, near_miss=True)
    step = recipe.steps[0]
    assert not stops(step, verdict)
    assert stops(step, replace(verdict, near_miss=False))

    def result(place: int, *, near: bool) -> ScreeningResult:
        answers = (replace(verdict, passed=not near, near_miss=near), Verdict("cost", True, 1.0))
        return ScreeningResult(place, str(place), None, tuple(Answer(v.name, v, 0.0) for v in answers))

    ranked = rank_results([result(0, near=True), result(1, near=False)], recipe)
    assert [one.id for one in ranked] == ["1", "0"]
    assert ranked[0].score is not None
    assert ranked[1].score == pytest.approx(ranked[0].score - NEAR_MISS_COST)
    assert [one.near_misses for one in ranked] == [(), ("distances",)]
    assert ScreeningResult.from_mapping(ranked[1].as_mapping()).near_misses == ("distances",)
