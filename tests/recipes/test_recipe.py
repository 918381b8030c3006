"""Recipes are read completely or refused, with the line and a suggestion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.gen.yaml_lines import YamlLines
from electrolith.parallel.crash_tolerant_pool import TOO_LONG, Again
from electrolith.recipes.check_options import documentation_of, options_of, question_of
from electrolith.recipes.recipe_reader import ALIASES, find_recipe, read_recipe, shipped_recipes
from electrolith.screening.funnel import Funnel
from electrolith.screening.funnel_workers import lost_result
from electrolith.screening.inputs import Entry
from electrolith.screening.results import ScreeningResult
from electrolith.validators import VALIDATORS

Named = Callable[[str], Crystal]

GOOD = """
name: mine
description: two checks
checks:
  - check: distances
    min_fraction: 0.5
  - check: volume
    unknown: stop
rank:
  - by: volume
    order: low
"""


USES = ["anolyte", "catholyte", "coating-anode", "coating-cathode", "electrolyte-separator"]


@pytest.mark.parametrize("name", USES)
def test_the_shipped_recipes_are_read_strictly_and_back(name: str) -> None:
    recipe = find_recipe(name)
    assert recipe.name == name
    assert recipe.rank
    again = find_recipe(recipe.as_mapping())
    assert again.as_mapping() == recipe.as_mapping()
    assert [step.key for step in again.steps] == [step.key for step in recipe.steps]


def test_the_shipped_recipes_are_those_with_checks() -> None:
    assert shipped_recipes() == USES
    for short, name in ALIASES.items():
        assert find_recipe(short).name == name


def test_a_recipe_states_its_steps_its_limits_and_the_meaning_of_unknown() -> None:
    recipe = read_recipe(YamlLines(GOOD, "mine.yaml"))
    assert [step.name for step in recipe.steps] == ["distances", "volume"]
    assert recipe.steps[0].check.min_fraction == 0.5  # type: ignore[attr-defined]
    assert [step.unknown for step in recipe.steps] == ["go", "stop"]
    assert (recipe.rank[0].by, recipe.rank[0].order, recipe.rank[0].weight) == ("volume", "low", 1.0)


def test_each_check_has_a_time_limit_its_own_or_that_of_the_recipe_or_ten_minutes() -> None:
    def limits(text: str) -> list[float]:
        recipe = read_recipe(YamlLines(text, "mine.yaml"))
        assert find_recipe(recipe.as_mapping()).as_mapping() == recipe.as_mapping()
        return [step.time_limit for step in recipe.steps]

    own = GOOD.replace("unknown: stop", "time_limit: 30")
    assert limits(GOOD) == [600, 600]
    assert limits(own) == [600, 30]
    assert limits(f"time_limit: 60\n{own}") == [60, 30]
    assert limits(GOOD.replace("check: volume", "check: diffusivity").replace("by: volume", "by: distances"))[1] > 3600


def test_a_check_beyond_its_time_limit_is_unknown_and_the_others_are_done(crystal_named: Named) -> None:
    recipe = read_recipe(YamlLines(GOOD, "mine.yaml"))
    entry = Entry(0, "a", crystal_named("NaCl"))
    why = f"{TOO_LONG} 600 s"
    again = lost_result(recipe, entry, ["distances"], why)
    assert isinstance(again, Again)
    result = Funnel(recipe)(again.item)
    assert result.passed
    assert [answer.verdict.passed for answer in result.answers] == [None, True]
    assert result.answers[0].verdict.reason == f"{why} (time_limit of the recipe)"
    stopped = lost_result(recipe, entry, ["distances", result.answers[0], "volume"], why)
    assert isinstance(stopped, ScreeningResult)
    assert (stopped.stopped, stopped.reason) == ("volume", f"{why} (time_limit of the recipe)")


def test_a_check_may_occur_twice_with_other_limits() -> None:
    text = GOOD.replace("check: volume", "check: distances")
    assert [s.key for s in read_recipe(YamlLines(text.replace("by: volume", "by: distances_2"), "x")).steps] == [
        "distances",
        "distances_2",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("check: distances", "check: distance", 5, "Did you mean distances"),
        ("min_fraction", "min_fracton", 6, "Did you mean min_fraction"),
        ("min_fraction: 0.5", "min_fraction: half", 6, "'half' is not a number"),
        ("min_fraction: 0.5", "min_fraction: true", 6, "True is not a number"),
        ("unknown: stop", "unknown: halt", 8, "write stop or go"),
        ("name: mine", "nam: mine", 2, "Did you mean name"),
        ("by: volume", "by: volum", 10, "Did you mean volume"),
        ("order: low", "order: least", 10, "write low or high"),
        ("unknown: stop", "time_limit: 0", 8, "above 0"),
        ("name: mine", "time_limit: .nan", 2, "seconds"),
        ("order: low", "weight: 0\n    order: low", 11, "above 0"),
        ("    unknown: stop", "    unknown: stop\n    unknown: go", 9, "twice"),
        ("  - check: distances", "  - chek: distances", 5, "check: NAME"),
        ("description: two checks", "description: [", 5, "not readable as YAML"),
        (
            "check: distances\n    min_fraction: 0.5",
            "check: window\n    reduction_at_most: 4\n    oxidation_at_least: 1",
            5,
            "reduction_at_most 4",
        ),
        (
            "    unknown: stop",
            "    unknown: stop\n  - check: relaxation\n  - check: unique",
            10,
            "before checks that change them",
        ),
    ],
)
def test_a_mistake_is_reported_with_its_line(old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    with pytest.raises(UserError) as told:
        read_recipe(YamlLines(GOOD.replace(old, new), "mine.yaml"))
    assert says in str(told.value)
    assert f"mine.yaml, line {line}:" in str(told.value)


def test_a_file_with_thousands_of_checks_is_refused_before_they_are_read() -> None:
    with pytest.raises(UserError, match="line 202: checks: 20,000 entries"):
        read_recipe(YamlLines("checks:\n" + "- check: finite\n" * 20_000, "x"))


@pytest.mark.parametrize("text", ["", "checks:", "checks: []", "- check: volume", "just words"])
def test_a_file_without_checks_is_not_a_recipe(text: str) -> None:
    with pytest.raises(UserError, match="recipe"):
        read_recipe(YamlLines(text, "mine.yaml"))


def test_a_recipe_that_is_nowhere_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Did you mean electrolyte"):
        find_recipe("electrolite")
    with pytest.raises(UserError, match="does not exist"):
        find_recipe(tmp_path / "nowhere.yaml")


def test_another_potential_is_taken_by_the_checks_that_use_one_and_by_no_voltage() -> None:
    values = {"checks": [{"check": "interface"}, {"check": "relaxation"}, {"check": "volume"}]}
    changed = find_recipe(values).with_potential("sevenn-0")
    assert [step.options.get("potential") for step in changed.steps] == [None, "sevenn-0", None]


def test_numbers_may_be_written_as_yaml_does_not_know_them() -> None:
    assert options_of("distances")["min_fraction"].read("5e-1") == 0.5


@pytest.mark.parametrize("name", sorted(VALIDATORS))
def test_every_check_says_its_question_and_options_that_a_person_can_write(name: str) -> None:
    assert question_of(name).endswith("?"), f"give the class of {name} a `question` that ends in a question mark"
    assert documentation_of(name)
    for option in options_of(name).values():
        if option.default is not None:
            assert option.read(option.default) == option.default


def test_the_mobile_ion_of_a_recipe_goes_to_all_checks_that_have_one() -> None:
    listed = [{"check": "finite"}, {"check": "lithium"}, {"check": "window", "mobile_ion": "K"}, {"check": "barrier"}]
    recipe = find_recipe({"name": "sodium", "mobile_ion": "Na", "checks": listed})
    assert [step.options.get("mobile_ion") for step in recipe.steps] == [None, "Na", "K", "Na"]
    assert find_recipe(recipe.as_mapping()).as_mapping() == recipe.as_mapping()
    with pytest.raises(UserError, match=r"There are: Li, Na, K, Mg, Ca, Zn"):
        find_recipe({"name": "x", "mobile_ion": "Xx", "checks": listed})
