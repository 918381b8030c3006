"""A screening in a folder: its files, resuming after a kill, files from elsewhere, workers that die."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from damaged import damaged
from killing import killed_after
from paths import TESTS
from typer.testing import CliRunner, Result

from electrolith.cli.app import app
from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.gen.reading.read_crystals import read_crystals
from electrolith.io.json_records import JsonRecords
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening.candidate_table import row as candidate_row
from electrolith.screening.results import ScreeningResult
from electrolith.screening.screen_display import outcome, show_screening
from electrolith.screening.screen_folder import plain_cif
from electrolith.screening.screening_request import ScreeningRequest, require_same_request, screening_request
from electrolith.screening.screening_run import screen_to_folder

Named = Callable[[str], Crystal]
CHEAP = """
name: cheap
checks:
  - check: finite
  - check: distances
  - check: volume
  - check: charge
  - check: unique
rank:
  - by: volume
    order: low
"""
STRANGERS = TESTS / "strangers.py"
NAMES = ("NaCl", "Li2O", "SrTiO3", "TiO2", "AlN", "Cu", "diamond", "ZnS")


@pytest.fixture
def folder(tmp_path: Path, crystal_named: Named) -> Path:
    """A folder of CIFs, one of them broken, one a twin, beside a cheap recipe."""
    path = tmp_path / "crystals"
    path.mkdir()
    for name in NAMES:
        (path / f"{name}.cif").write_text(plain_cif(crystal_named(name)))
    (path / "broken.cif").write_text("no CIF at all")
    (path / "twin.cif").write_text(plain_cif(crystal_named("Cu")))
    (tmp_path / "cheap.yaml").write_text(CHEAP)
    return path


def electrolith(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows(path: Path) -> list[dict[str, str]]:
    with (path / "candidates.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_folder_holds_a_row_for_each_crystal_and_the_survivors_in_order(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    recipe = find_recipe(tmp_path / "cheap.yaml")
    screen_to_folder(ScreeningRequest((str(folder),), recipe), out, workers=0)
    table = rows(out)
    assert sorted(row["id"] for row in table) == sorted([*NAMES, "broken", "twin"])
    assert {row["id"]: row["stopped_at"] for row in table if row["stopped_at"]} == {
        "broken": "reading",
        "twin": "unique",
    }
    survivors = [row for row in table if row["rank"]]
    volumes = [float(row["volume_value"]) for row in survivors]
    assert volumes == sorted(volumes)
    assert [row["rank"] for row in table] == [str(k) for k in range(1, len(survivors) + 1)] + ["", ""]
    assert all(row["reason"] or row["rank"] for row in table)
    files = sorted(path.name for path in (out / "cifs").iterdir())
    assert files == [Path(row["file"]).name for row in survivors]
    read = {crystal.name: crystal for crystal in read_crystals(out)}
    for row in survivors:
        crystal = read[Path(row["file"]).stem]
        assert isinstance(crystal, Crystal)
        assert crystal.formula == row["formula"]
    record = yaml.safe_load((out / "screen.yaml").read_text())
    assert find_recipe(record["recipe"]).as_mapping() == recipe.as_mapping()
    assert (record["status"], record["crystals"], record["survivors"]) == ("complete", 10, 8)
    assert not (out / ".rows").exists()
    assert (out / "report.html").stat().st_size > 10_000


KILLED = """
import os, signal, sys
from pathlib import Path
from electrolith.gen.reading.read_crystals import read_crystals
from electrolith.io.json_records import JsonRecords
from electrolith.screening import inputs
from electrolith.screening.candidate_table import row as candidate_row
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening.results import ScreeningResult
from electrolith.screening.screening_request import ScreeningRequest
from electrolith.screening.screen_display import outcome
from electrolith.screening.screening_run import screen_to_folder

inputs.read_within_limits = lambda paths: read_crystals(*paths)  # each session would start a reader

def session(out, last_breath):
    sync, calls = os.fsync, [0]
    def dies(descriptor):
        calls[0] += 1
        if calls[0] == last_breath:
            os.kill(os.getpid(), signal.SIGKILL)
        sync(descriptor)
    os.fsync = dies
    asked = ScreeningRequest((sys.argv[1],), find_recipe(sys.argv[2]))
    screen_to_folder(asked, Path(out), workers=0, resume=True)

session(sys.argv[4], 0)  # first, so that everything is imported when the others are forked
sessions, done = 0, False
while not done:
    sessions += 1
    child = os.fork()
    if child == 0:
        session(sys.argv[3], sessions)
        os._exit(0)
    done = os.waitpid(child, 0)[1] == 0
print(sessions)
"""


def test_a_run_killed_at_any_write_goes_on_and_ends_with_the_same_table(folder: Path, tmp_path: Path) -> None:
    """Session n is killed at its n-th write to the disk, until one comes through."""
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    words = [sys.executable, "-c", KILLED, folder, tmp_path / "cheap.yaml", killed, whole]
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10
    assert (killed / "candidates.csv").read_bytes() == (whole / "candidates.csv").read_bytes()
    assert Counter(row["id"] for row in rows(killed)) == Counter([*NAMES, "broken", "twin"])
    cifs = [sorted((p.name, p.read_bytes()) for p in (out / "cifs").iterdir()) for out in (killed, whole)]
    assert cifs[0] == cifs[1]
    assert {p.name for p in killed.iterdir()} == {".manifest", "candidates.csv", "cifs", "report.html", "screen.yaml"}


def test_a_damaged_journal_or_record_is_a_fault_of_its_file(folder: Path, tmp_path: Path) -> None:
    request = ScreeningRequest((str(folder / "twin.cif"),), find_recipe(tmp_path / "cheap.yaml"))
    out, file = tmp_path / "out", tmp_path / "out" / ".rows" / "000000.json"
    with killed_after(4):
        screen_to_folder(request, out, workers=0)
    sound = file.read_bytes()
    for broken in damaged(sound, 60):
        file.write_bytes(broken)
        with suppress(UserError), JsonRecords(file.parent).reading(0) as record:
            assert candidate_row(ScreeningResult.from_mapping(record["screened"]), request.recipe)
    file.write_bytes(b"[]")
    with pytest.raises(UserError, match=r"000000.json is damaged, or not a file of this run: it holds \[\]. Delete it"):
        screen_to_folder(request, out, workers=0, resume=True)
    file.unlink()  # as the message says
    screen_to_folder(request, out, workers=0, resume=True)
    record = yaml.safe_load((out / "screen.yaml").read_text())
    for broken in damaged(json.dumps(record).encode(), 40):
        (out / "screen.yaml").write_bytes(broken)
        with suppress(UserError):
            show_screening(out)
        with suppress(UserError):
            require_same_request(screening_request([], None, None, None, out), record)
    (out / "screen.yaml").write_text(yaml.safe_dump(record | {"crystals": "1"}))
    with pytest.raises(UserError, match=r"screen.yaml is damaged, or not a file of this run: total is '1'"):
        screen_to_folder(request, out, workers=0, resume=True)


def test_resuming_takes_input_and_recipe_of_the_run_and_refuses_others(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ScreeningRequest((str(folder),), find_recipe(tmp_path / "cheap.yaml"))

    class Stop(Exception):
        pass

    def stop(progress: object) -> None:
        if getattr(progress, "done", 0) == 3:
            raise Stop

    with pytest.raises(Stop):
        screen_to_folder(asked, out, workers=0, watch=stop)
    assert len(rows(out)) == 3
    assert electrolith("screen", folder, "-o", out, "-r", tmp_path / "cheap.yaml").exit_code == 2  # not empty
    other = electrolith("screen", "--resume", "-o", out, "-r", "coating")
    assert other.exit_code == 2
    assert "recipe" in other.stderr
    (folder / "AlN.cif").write_text((folder / "Cu.cif").read_text())
    changed = electrolith("screen", "--resume", "-o", out)
    assert changed.exit_code == 2
    assert "the input has changed" in changed.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-o", "out"], "no crystals to screen"),
        (["crystals", "-o", "out"], "--recipe is missing"),
        (["crystals", "-o", "out", "-r", "electrolit"], "Did you mean electrolyte"),
        (["crystals", "-r", "cheap.yaml"], "--out"),
        (["nowhere", "-o", "out", "-r", "cheap.yaml"], "does not exist"),
        (["cheap.yaml", "-o", "out", "-r", "cheap.yaml"], "unknown format"),
        (["crystals", "-o", "out", "-r", "cheap.yaml", "--workers", "0"], "at least 1"),
        (["crystals", "-o", "out", "-r", "cheap.yaml", "--limit", "0"], "at least 1"),
        (["crystals", "-o", "out", "-r", "other.yaml"], "nowhere:at_all is not installed: install nowhere"),
    ],
)
def test_mistakes_end_with_2_and_a_message_and_leave_no_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    (tmp_path / "other.yaml").write_text("checks:\n  - check: relaxation\n    potential: nowhere:at_all\n")
    monkeypatch.chdir(tmp_path)
    done = electrolith("screen", *words)
    assert done.exit_code == 2, done.output
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "out").glob("*"))


def test_a_missing_potential_is_reported_with_the_command_that_installs_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("electrolith.screening.funnel.find_spec", lambda _: None)
    done = electrolith("screen", folder, "-o", tmp_path / "out", "-r", "electrolyte")
    assert done.exit_code == 2
    assert 'pip install "electrolith[relax]"' in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_hundred_files_of_strangers_each_get_a_verdict_or_a_reason(folder: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    spec = importlib.util.spec_from_file_location("strangers", STRANGERS)
    assert spec is not None
    assert spec.loader is not None
    strangers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(strangers)
    strangers.write_strangers(theirs, 100)
    done = electrolith("screen", theirs, "-o", tmp_path / "out", "-r", tmp_path / "cheap.yaml", "--workers", 1)
    assert done.exit_code == 0, done.stderr
    table = rows(tmp_path / "out")
    assert Counter(row["id"] for row in table) == Counter([*(p.stem for p in theirs.iterdir()), "two_blocks-2"])
    assert all(row["rank"] or (row["stopped_at"] and row["reason"]) for row in table)
    stopped = {row["id"]: row["stopped_at"] for row in table}
    for name in ("empty", "binary", "html", "nan", "zero_cell", "no_element", "utf16"):
        assert stopped[name] == "reading", name
    assert (stopped["on_top_of_each_other"], stopped["crushed"]) == ("reading", "distances")
    assert stopped["one_atom_in_space"] == stopped["two_thousand_atoms"] == "volume"


def test_of_several_paths_one_that_holds_nothing_is_a_row(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "nothing.cif").write_text("")
    asked = ScreeningRequest(
        (str(tmp_path / "nothing.cif"), str(folder / "Cu.cif")), find_recipe(tmp_path / "cheap.yaml")
    )
    screen_to_folder(asked, tmp_path / "out", workers=0)
    assert {row["id"]: row["stopped_at"] for row in rows(tmp_path / "out")} == {"Cu": "", "nothing": "reading"}


@pytest.mark.slow
def test_workers_killed_with_their_run_leave_it_to_go_on(folder: Path, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("electrolith")), "screen"]
    words = [str(folder), "-r", str(tmp_path / "cheap.yaml"), "--workers", "2"]
    whole = subprocess.run([*command, *words, "-o", str(tmp_path / "whole")], capture_output=True, check=False)
    assert whole.returncode == 0, whole.stderr
    killed = tmp_path / "killed"
    for count in (1, 4, 7):
        with subprocess.Popen(
            [*command, *words, "-o", str(killed), "--resume"], stdout=subprocess.PIPE, start_new_session=True
        ) as run:
            while run.poll() is None and len(list((killed / ".rows").glob("*.json"))) < count:
                time.sleep(0.002)
            os.killpg(run.pid, signal.SIGKILL)
    done = subprocess.run([*command, "-o", str(killed), "--resume"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (killed / "candidates.csv").read_bytes() == (tmp_path / "whole" / "candidates.csv").read_bytes()


def test_remarks_of_the_reader_and_files_that_are_not_read_are_shown(tmp_path: Path) -> None:
    crystals = tmp_path / "crystals"
    crystals.mkdir()
    (crystals / "some.xyz").write_bytes((TESTS / "cases" / "e12_D_X.xyz").read_bytes())
    (crystals / "notes.txt").write_text("words")
    (crystals / "bad.cif").write_text("words")
    (crystals / "more").mkdir()
    (tmp_path / "finite.yaml").write_text("checks:\n  - check: finite\n")
    done = electrolith("screen", crystals, "-o", tmp_path / "out", "-r", tmp_path / "finite.yaml", "--workers", 1)
    assert "1 crystal read with remarks, see column remarks." in done.stdout
    assert "1 folder and 1 file not read: more/, notes.txt (archives, tables and folders" in done.stdout
    assert "2 of 2 crystals passed all checks; 2 entries could not be read." in done.stdout
    record = yaml.safe_load((tmp_path / "out" / "screen.yaml").read_text())
    assert record["not_read"] == ["more/", "notes.txt"]
    (cif,) = (tmp_path / "out" / "cifs").glob("*_some-1.cif")
    assert "# read: deuterium (D) is read as hydrogen\n" in cif.read_text()
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert json.loads(page.split('id="data">')[1].split("</script>")[0])["reading"] == record["reading"]
    with (tmp_path / "out" / "candidates.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [*rows[0]][-2:] == ["source", "near_misses"]
    assert {row["source"] for row in rows} == {
        str(crystals / "bad.cif"), *(f"{crystals / 'some.xyz'}, frame {k}" for k in (1, 2, 3)),
    }  # fmt: skip
    remarks = {row["id"]: row["remarks"] for row in rows}
    assert remarks == {"some-1": "deuterium (D) is read as hydrogen", "some-2": "", "some-3": "", "bad": ""}
    checked = electrolith("check", "volume", crystals / "some.xyz", "--json")
    assert json.loads(checked.stdout)[0]["remarks"] == "deuterium (D) is read as hydrogen"


def test_the_last_line_says_how_many_survivors_have_unknown_verdicts() -> None:
    record = {"crystals": 55, "survivors": 2, "checks": [{"check": "reading", "failed": 25}, {"check": "window"}]}
    survivors = [{"window": "yes"}, {"window": "unknown"}]
    assert outcome(record, survivors) == (
        "2 of 30 crystals passed all checks, 1 of them with unknown verdicts; 25 entries could not be read."
    )
