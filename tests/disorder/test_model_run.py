"""Runs of ``order``: rows for all inputs, one line for a single input that fails, and resumption."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from cif_texts import FM3M, cif
from typer.testing import CliRunner

from electrolith.cli.app import app
from electrolith.disorder import model_run
from electrolith.disorder.model_folder import Made
from electrolith.disorder.model_request import Item, ModelRequest
from electrolith.disorder.model_run import make_models
from electrolith.disorder.order_models import COLUMNS, OrderModels
from electrolith.disorder.order_options import OrderOptions
from electrolith.gen.errors import UserError
from electrolith.gen.reading.read_crystals import Unreadable, read_crystals
from electrolith.io.csv_rows import csv_rows

pytestmark = pytest.mark.usefixtures("without_surrogate")
OPTIONS = OrderOptions(potential="none", candidates=4, orderings=2)
LI_FE_O = cif(FM3M, rows=["Li1 Li 0 0 0 .5", "Fe1 Fe 0 0 0 .5", "O1 O .5 .5 .5 1"], of=(4.2, 4.2, 4.2, 90, 90, 90))
CHARGED = cif(FM3M, rows=["Sr1 Sr 0 0 0 .5", "Ca1 Ca 0 0 0 .5", "Cl1 Cl .5 .5 .5 1"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "cifs"
    path.mkdir()
    for name, text in (("a", LI_FE_O), ("b", CHARGED), ("c", cif(FM3M)), ("d", "data_x\n_cell_length_a 1")):
        (path / f"{name}.cif").write_text(text)
    return path


def request(path: Path) -> ModelRequest:
    return ModelRequest("order", (str(path),), asdict(OPTIONS), COLUMNS)


def test_every_input_has_rows_and_one_that_fails_has_its_reason(folder: Path, tmp_path: Path) -> None:
    make_models(request(folder), OrderModels(OPTIONS), tmp_path / "out")
    rows = list(csv_rows(tmp_path / "out" / "models.csv"))
    by_input = {row["input"]: row for row in rows}
    assert "keeps the charge" in by_input["b"]["reason"]
    assert "ordered already" in by_input["c"]["remarks"]
    assert by_input["d"]["reason"]
    for row in rows:
        if row["file"]:
            (crystal,) = read_crystals(tmp_path / "out" / row["file"])
            assert not isinstance(crystal, Unreadable)
            assert crystal.formula == row["formula"]


def test_a_killed_run_resumes_to_the_same_table(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job, calls = OrderModels(OPTIONS), []

    def stopping(item: Item) -> Made:
        calls.append(item.id)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return job(item)

    make_models(request(folder), job, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        make_models(request(folder), stopping, tmp_path / "killed")
    make_models(request(folder), stopping, tmp_path / "killed", resume=True)
    assert calls.count("a") == 1
    tables = [(tmp_path / name / "models.csv").read_text() for name in ("whole", "killed")]
    assert tables[0] == tables[1]
    other = ModelRequest("order", (str(folder),), asdict(OrderOptions()), COLUMNS)
    with pytest.raises(UserError, match="needs the run's own input and options"):
        make_models(other, job, tmp_path / "killed", resume=True)


def test_a_crystal_that_breaks_the_job_is_a_row(folder: Path, tmp_path: Path) -> None:
    def broken(item: Item) -> Made:
        raise ZeroDivisionError("x")

    made = make_models(request(folder), broken, tmp_path / "out")
    assert all("ZeroDivisionError" in one.reason for one in made)
    assert model_run.PATIENCE > 0


def test_a_single_crystal_without_models_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "b.cif"
    path.write_text(CHARGED)
    done = CliRunner().invoke(app, ["order", str(path), "-o", str(tmp_path / "out"), "--potential", "none"])
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("given", [["--orderings", "0"], ["--tolerance", "-1"], ["--potential", "chgnett"]])
def test_wrong_options_are_usage_errors(given: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.cif"
    path.write_text(LI_FE_O)
    assert CliRunner().invoke(app, ["order", str(path), "-o", str(tmp_path / "out"), *given]).exit_code == 2
