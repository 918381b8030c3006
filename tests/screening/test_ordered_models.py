"""Disordered crystals in the funnel: compositions at once, models for all else, and the spread over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cif_texts import FM3M, cif

from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.cif_reader import crystals_of_cif
from electrolith.gen.reading.unreadable import Unreadable
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening import screen
from electrolith.screening.ordered_models import OrderedModels, with_spread
from electrolith.screening.screening_request import ScreeningRequest
from electrolith.screening.screening_run import screen_to_folder
from electrolith.screening.single_check import run_single_check
from electrolith.validators.check import Check
from electrolith.validators.structure.distances import Distances
from electrolith.validators.verdict import Verdict

LI_FE_O = cif(FM3M, rows=["Li1 Li 0 0 0 .5", "Fe1 Fe 0 0 0 .5", "O1 O .5 .5 .5 1"], of=(4.2, 4.2, 4.2, 90, 90, 90))
CHARGED = cif(FM3M, rows=["Sr1 Sr 0 0 0 .5", "Ca1 Ca 0 0 0 .5", "Cl1 Cl .5 .5 .5 1"])
RECIPE = {"name": "quick", "checks": [{"check": "cost"}, {"check": "distances"}]}


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "electrolith.disorder.ordering_ranks.predicted_heights"
    monkeypatch.setattr(name, lambda crystals: [None] * len(crystals))


def entries() -> list[Any]:
    return [next(crystals_of_cif(text, name)) for name, text in (("a", LI_FE_O), ("b", CHARGED), ("c", cif(FM3M)))]


@pytest.mark.usefixtures("models")
def test_a_disordered_crystal_passes_by_its_models_and_one_that_has_none_is_a_row() -> None:
    found = {one.id: one for one in screen(entries(), RECIPE, orderings=2)}
    assert found["a"].passed
    assert found["a"].formula == "Li0.5Fe0.5O"
    assert found["a"].crystal is not None
    assert found["a"].crystal.formula == "LiFeO2"
    assert "of 2 models pass" in found["a"].verdicts["distances"].reason
    assert "neutral" in found["b"].reason
    assert found["c"].passed


def test_a_composition_is_checked_without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("electrolith.disorder.orderings.order", None)
    (a, *_) = entries()
    assert isinstance(a, Unreadable)
    assert a.disordered is not None
    models = OrderedModels(a.disordered, 2, lambda *_: pytest.fail("no model is needed"))
    from electrolith.validators import validator

    assert models.ask(validator("cost"), lambda verdict: False).value is not None
    assert models.best(make=False) is None


@pytest.mark.usefixtures("models")
def test_close_atoms_at_mean_places_are_a_near_miss_of_a_model_and_no_more() -> None:
    (a, *_) = entries()
    asked: list[Check] = []

    def run(check: Check, crystal: Crystal) -> tuple[Verdict, Crystal]:
        asked.append(check)
        return check.check(crystal), crystal

    assert isinstance(a, Unreadable)
    assert a.disordered is not None
    OrderedModels(a.disordered, 1, run).ask(Distances(), lambda verdict: False)
    dimer = Crystal.of(np.eye(3) * 6.0, [[0, 0, 0], [1.64 / 6, 0, 0]], [3, 3])
    assert asked[0].check(dimer).answer == "near miss"
    assert Distances().check(dimer).answer == "no"
    closer = Crystal.of(np.eye(3) * 6.0, [[0, 0, 0], [1.2 / 6, 0, 0]], [3, 3])
    assert asked[0].check(closer).answer == "no"


def test_the_verdict_has_the_spread_over_the_models() -> None:
    verdicts = [Verdict("x", True, value, unit="eV") for value in (0.2, 0.4)]
    found = with_spread(verdicts[0], verdicts, 2)
    assert found.spread == pytest.approx(0.1)
    assert "2 of 2 models pass (0.2 to 0.4 eV)" in found.reason


@pytest.mark.usefixtures("models")
def test_a_single_check_answers_for_a_disordered_file(tmp_path: Path) -> None:
    for name, text in (("a", LI_FE_O), ("b", CHARGED)):
        (tmp_path / f"{name}.cif").write_text(text)
    found = {one.id: one.verdict for one in run_single_check("distances", [str(tmp_path)], [], orderings=2)}
    assert found["a"].passed
    assert found["b"].name == "reading"


@pytest.mark.usefixtures("models")
def test_a_killed_run_with_disordered_crystals_resumes_to_the_same_table(tmp_path: Path) -> None:
    folder = tmp_path / "cifs"
    folder.mkdir()
    for name, text in (("a", LI_FE_O), ("b", CHARGED), ("c", LI_FE_O)):
        (folder / f"{name}.cif").write_text(text)
    asked = ScreeningRequest((str(folder),), find_recipe(RECIPE), orderings=2)
    screen_to_folder(asked, tmp_path / "whole", workers=0)

    def stop(progress: Any) -> None:
        if progress.done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen_to_folder(asked, tmp_path / "killed", workers=0, watch=stop)
    screen_to_folder(asked, tmp_path / "killed", workers=0, resume=True)
    tables = [(tmp_path / name / "candidates.csv").read_text() for name in ("whole", "killed")]
    assert tables[0] == tables[1]
