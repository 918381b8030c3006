"""``electrolith relax``: relaxed CIFs, a row per crystal, and a reason for each entry that is not a crystal."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from pymatgen.io.cif import CifWriter
from typer.testing import CliRunner

from electrolith.cli.app import app
from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.read_crystals import read_crystals

Named = Callable[[str], Crystal]
EMT = "ase.calculators.emt:EMT"


@pytest.fixture
def crystals(tmp_path: Path, crystal_named: Named) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("Cu", "LiCoO2"):
        CifWriter(crystal_named(name).structure).write_file(folder / f"{name}.cif")
    (folder / "broken.cif").write_text("no crystal")
    return folder


@pytest.mark.filterwarnings("ignore")
def test_every_crystal_gets_a_row_and_the_relaxed_ones_a_cif(crystals: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["relax", str(crystals), "-o", str(out), "--potential", EMT, "--workers", "1"])
    assert done.exit_code == 0, done.output
    with (out / "candidates.csv").open(encoding="utf-8") as stream:
        rows = {row["id"]: row for row in csv.DictReader(stream)}
    assert set(rows) == {"Cu", "LiCoO2", "broken"}
    assert rows["Cu"]["relaxation"] == "yes"
    assert "no answer" in rows["LiCoO2"]["reason"]
    relaxed = [c for c in read_crystals(out / "cifs") if isinstance(c, Crystal)]
    assert [c.formula for c in relaxed] == ["Cu"]
    assert rows["Cu"]["space_group"] == rows["Cu"]["space_group_before"] == "225"


def test_a_potential_that_is_not_there_is_said_before_anything_is_done(crystals: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["relax", str(crystals), "-o", str(out), "--potential", "chgnett"])
    assert done.exit_code == 2
    assert "Did you mean chgnet?" in done.output
    assert not out.exists()
