"""No formula, escape sequence or markup of a name reaches a table, a page, a CIF or the terminal."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from paths import TESTS

from electrolith.evaluation import evaluate
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.build_dataset import build
from electrolith.gen.reading.read_crystals import read_crystals
from electrolith.prediction import prediction_table
from electrolith.prediction.prediction import Predicted
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening.screen_display import show_screening
from electrolith.screening.screening_request import ScreeningRequest
from electrolith.screening.screening_run import screen_to_folder

NAMES = TESTS / "cases" / "names.csv"  # names of attacks on terminals, spreadsheets, pages and folders
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
RECIPE = {
    "name": "[/cheap]",
    "description": "{{data}}",
    "checks": [{"check": "distances"}],
    "rank": [{"by": "distances", "order": "high"}],
}


def unsafe_cells(table: Path) -> list[str]:
    with table.open(encoding="utf-8", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    return [cell for cell in cells if CONTROL.search(cell) or re.match(r"[=@]|[+-](?![\d.]+(e[+-]?\d+)?$)", cell)]


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a screening of the names, whose own name is markup, and what is printed."""
    out = tmp_path_factory.mktemp("names") / "out[red]"
    screen_to_folder(ScreeningRequest((str(NAMES),), find_recipe(RECIPE)), out, workers=0)
    with redirect_stdout(io.StringIO()) as printed:
        show_screening(out)
    return out, printed.getvalue()


def test_a_screening_is_clean(screened: tuple[Path, str]) -> None:
    out, printed = screened
    assert unsafe_cells(out / "candidates.csv") == []
    assert not CONTROL.search(printed)
    assert "out[red]" in printed.replace("\n", "")
    page = (out / "report.html").read_text()
    assert not CONTROL.search(page)
    assert "<script>alert(1)" not in page
    data = re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert json.loads(data[1])["recipe"]["name"] == "[/cheap]"


def test_the_cifs_of_a_screening_lie_in_its_folder_and_are_read_back(screened: tuple[Path, str]) -> None:
    out, _ = screened
    files = sorted(out.rglob("*.cif"))
    assert files
    assert {file.parent for file in files} == {out / "cifs"}
    assert not any(CONTROL.search(file.name + file.read_text()) for file in files)
    assert len(list(read_crystals(out))) == len(files)


def test_an_evaluation_is_clean(tmp_path: Path) -> None:
    salt = Crystal.of(4.1 * np.eye(3), [[0, 0, 0], [0.5, 0.5, 0.5]], [55, 17], "CsCl")
    build([salt]).dataset.save(tmp_path / "known.npz")
    evaluation = evaluate(NAMES, tmp_path / "known.npz", limit=12)
    evaluation.save(tmp_path / "x.json")
    text = (tmp_path / "x.json").read_text()
    assert len(json.loads(text)["crystals"]) == 12
    assert not CONTROL.search(text)


def test_predictions_are_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [entry.name for entry in read_crystals(NAMES)]
    monkeypatch.setattr(prediction_table, "predict", lambda part, _: [Predicted(c.name, reason=c.name) for c in part])
    prediction_table.write_predictions(read_crystals(NAMES), tmp_path / "[red]x.csv")
    assert unsafe_cells(tmp_path / "[red]x.csv") == []
    prediction_table.print_predictions(read_crystals(NAMES))
    printed = capsys.readouterr().out
    assert "[red]x.csv" in printed.replace("\n", "")
    assert not CONTROL.search(printed)
    assert len((tmp_path / "[red]x.csv").read_text().splitlines()) == 1 + len(names)
