"""The check of diffusivity: the same seed, ice and melts, and its use by the commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from egg_box import EDGE, LITHIUM, cell_of, walked
from typer.testing import CliRunner

from electrolith.cli.app import app
from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.recipes.check_options import make_check
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening.screen_folder import plain_cif
from electrolith.screening.screening_request import ScreeningRequest, screening_request
from electrolith.screening.screening_run import screen_to_folder
from electrolith.validators.transport.diffusion_statistics import nernst_einstein
from electrolith.validators.transport.diffusivity import Diffusivity, melted
from electrolith.validators.transport.molecular_dynamics import Trajectory
from electrolith.validators.transport.random_walk import walk

Named = Callable[[str], Crystal]
pytestmark = pytest.mark.usefixtures("eggs")


def test_vibrations_alone_give_no_diffusivity() -> None:
    found = walk(walked(0.0, 0, shake=0.4))
    assert found.msd > 0.5
    assert found.hopped == 0
    assert not found.is_seen
    verdict = Diffusivity().compare(walked(0.0, 0), found)
    assert verdict.passed
    assert verdict.value is None
    assert "no hop is seen in 9.98 ps" in verdict.reason
    assert f"below {found.bound:.0e}" in verdict.reason


@pytest.mark.parametrize(("at_least", "passed"), [(None, True), (1e-3, False), (1e-8, None)])
def test_without_hops_a_limit_above_the_bound_fails_and_one_below_is_unknown(
    at_least: float | None, passed: bool | None
) -> None:
    went = walked(0.0, 0)
    assert Diffusivity(at_least).compare(went, walk(went)).passed is passed


def test_ions_that_hop_back_and_forth_do_not_diffuse() -> None:
    crystal = cell_of(2)
    places = np.zeros((len(crystal), 500, 3))
    lithium = np.flatnonzero(crystal.atomic_numbers == LITHIUM)
    places[lithium, :, 0] = np.where(np.arange(500) // 50 % 2, EDGE / 2, 0.0)  # a period of 2 ps
    went = Trajectory(crystal, places, 20.0, 1000.0)
    found = walk(went)
    assert found.hopped == len(lithium)
    assert "back and forth" in Diffusivity().compare(went, found).reason


def test_a_diffusing_framework_is_a_melt_and_rotating_groups_are_not() -> None:
    went = walked(5.0, 0, oxygen=5.0)
    verdict = Diffusivity().compare(went, walk(went))
    assert verdict.passed is False
    assert verdict.value is None
    assert "the framework melts" in verdict.reason
    assert not melted({"P": 0.3, "S": 3.0})  # PS4 that turns
    assert melted({"P": 0.3, "N": 9.0})  # nitrogen that leaves


def test_the_same_seed_gives_the_same_value_and_another_seed_another_value(crystal_named: Named) -> None:
    one, same, other = (
        Diffusivity(picoseconds=2, time_step=4, potential="eggs:conductor", seed=seed).check(crystal_named("Li2O"))
        for seed in (0, 0, 1)
    )
    assert one.value is not None
    assert one.value == same.value
    assert one.reason == same.reason
    assert one.value != other.value
    details = {detail.name: detail.value for detail in one.details}
    density = 8 / EDGE**3
    expected = nernst_einstein(one.value, density, 1000.0)
    assert details["conductivity at 1000 K (Nernst-Einstein)"] == pytest.approx(expected, rel=1e-6)
    assert details["atoms"] == 81  # 3 × 3 × 3 primitive cells
    assert details["O moved by"] < 1.0  # type: ignore[operator]


def test_a_frozen_crystal_shows_no_hop(crystal_named: Named) -> None:
    verdict = Diffusivity(temperature=5, picoseconds=2, time_step=4, potential="eggs:conductor").check(
        crystal_named("Li2O")
    )
    assert verdict.passed
    assert verdict.value is None
    assert "no hop is seen in 2 ps at 5 K: below" in verdict.reason


def test_ions_on_a_saddle_point_are_released_before_the_run(crystal_named: Named) -> None:
    """Else they would fall during it, and heat a crystal that is to be at 5 K."""
    verdict = Diffusivity(temperature=5, picoseconds=2, time_step=4, potential="eggs:saddle").check(
        crystal_named("Li2O")
    )
    assert "no hop is seen" in verdict.reason
    assert {d.name: d.value for d in verdict.details}["measured temperature"] == pytest.approx(5, rel=0.3)


def test_a_crystal_without_a_stable_framework_is_a_melt(crystal_named: Named) -> None:
    verdict = Diffusivity(picoseconds=3, time_step=4, potential="eggs:melt").check(crystal_named("Li2O"))
    assert verdict.passed is False
    assert "melts" in verdict.reason


def test_a_failed_run_is_unknown_and_a_crystal_without_lithium_fails(crystal_named: Named) -> None:
    none = Diffusivity(potential="eggs:gas").check(crystal_named("NaCl"))
    assert (none.passed, none.reason) == (False, "there is no lithium in it")
    metal = Crystal.of(3.5 * np.eye(3), [[0, 0, 0], [0.5, 0.5, 0.5]], [3, 3])
    assert Diffusivity(potential="eggs:gas").check(metal).passed is None
    large = Diffusivity(potential="eggs:gas", max_atoms=2).check(crystal_named("Li2O"))
    assert large.passed is None
    assert "more than 2 atoms" in large.reason
    broken = Diffusivity(potential="eggs:broken").check(crystal_named("Li2O"))
    assert broken.passed is None


def test_a_narrow_cell_is_reported(crystal_named: Named) -> None:
    options = {"picoseconds": 2, "time_step": 4, "potential": "eggs:insulator"}
    verdict = Diffusivity(max_atoms=30, **options).check(crystal_named("Li2O"))
    assert "Å wide, with at most 30 atoms" in verdict.reason
    assert "wide" not in Diffusivity(**options).check(crystal_named("Li2O")).reason


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"picoseconds": 0.5}, "cannot be fitted"),
        ({"temperature": 0}, "above 0"),
        ({"time_step": 20}, "out of range"),
        ({"at_least": 3}, "such as 1e-5"),
        ({"potential": "chgnett"}, "Did you mean chgnet"),
        ({"seed": -1}, "0 or more"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=says):
        make_check("diffusivity", options)


def test_a_missing_package_comes_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("electrolith.validators.transport.diffusivity.find_spec", lambda _: None)
    with pytest.raises(UserError, match=r"pymatgen-analysis-diffusion: pip install 'electrolith\[screen\]'"):
        Diffusivity()
    with pytest.raises(UserError, match="pip install"):
        find_recipe("electrolyte").with_last("diffusivity")


CHEAP = "name: cheap\nchecks: [{check: distances}]\n"


def test_molecular_dynamics_are_the_last_check_of_all_survivors_and_run_once() -> None:
    recipe = find_recipe("electrolyte").with_last("diffusivity")
    assert [step.key for step in recipe.of_all.steps][-2:] == ["barrier", "diffusivity"]
    assert recipe.of_all.steps[-1].unknown == "go"
    assert recipe.rank == find_recipe("electrolyte").rank
    again = find_recipe(recipe.as_mapping())
    assert again.with_last("diffusivity").as_mapping() == recipe.as_mapping()
    assert recipe.with_potential("sevenn-0").of_all.steps[-1].options["potential"] == "sevenn-0"


def test_a_resumed_run_keeps_molecular_dynamics(crystal_named: Named, tmp_path: Path) -> None:
    (tmp_path / "cheap.yaml").write_text(CHEAP)
    (tmp_path / "NaCl.cif").write_text(plain_cif(crystal_named("NaCl")))
    paths, recipe = [tmp_path / "NaCl.cif"], str(tmp_path / "cheap.yaml")
    for out, dynamics in ((tmp_path / "with", True), (tmp_path / "without", False)):
        screen_to_folder(screening_request(paths, recipe, None, None, None, dynamics), out, workers=0)
        row = (out / "candidates.csv").read_text(encoding="utf-8")
        assert ("there is no lithium in it" in row) is dynamics
        told = screening_request([], None, None, None, out)  # --resume alone goes on with what there was
        assert [step.name for step in told.recipe.steps] == ["distances", "diffusivity"][: 1 + dynamics]
        screen_to_folder(told, out, workers=0, resume=True)
    screen_to_folder(screening_request([], None, None, None, tmp_path / "with", True), tmp_path / "with", resume=True)
    with pytest.raises(UserError, match="--resume needs the run's own recipe"):
        screen_to_folder(
            screening_request([], None, None, None, tmp_path / "without", True), tmp_path / "without", resume=True
        )
    with pytest.raises(UserError, match="--resume needs the run's own recipe"):
        screen_to_folder(
            screening_request([], recipe, None, None, tmp_path / "with", False), tmp_path / "with", resume=True
        )


def test_the_option_of_the_commands_adds_molecular_dynamics(
    crystal_named: Named, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Li2O.cif").write_text(plain_cif(crystal_named("Li2O")))
    (tmp_path / "cheap.yaml").write_text(CHEAP)
    words = ["check", "diffusivity", tmp_path / "Li2O.cif", "--json", "--set", "picoseconds=2", "--set", "time_step=4"]
    done = CliRunner().invoke(app, [*map(str, words), "--set", "potential=eggs:conductor"])
    assert done.exit_code == 0, done.output
    assert "2 ps at 1000 K" in done.stdout
    told: list[ScreeningRequest] = []
    monkeypatch.setattr("electrolith.screening.terminal.screen_to_folder", lambda asked, *_, **__: told.append(asked))
    monkeypatch.setattr("electrolith.screening.terminal.show_screening", lambda _: None)
    words = ["screen", tmp_path / "Li2O.cif", "-o", tmp_path / "out", "-r", tmp_path / "cheap.yaml"]
    for more in ([], ["--md"]):
        done = CliRunner().invoke(app, [*map(str, words), *more])
        assert done.exit_code == 0, done.output
    assert [[step.name for step in asked.recipe.steps] for asked in told] == [
        ["distances"],
        ["distances", "diffusivity"],
    ]
