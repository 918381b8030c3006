"""``electrolith check``: one question about files or formulas, as a table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from electrolith.cli.app import app
from electrolith.gen.crystal import Crystal
from electrolith.screening.screen_folder import plain_cif
from electrolith.validators import VALIDATORS

Named = Callable[[str], Crystal]


def electrolith(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def salt(tmp_path: Path, crystal_named: Named) -> Path:
    path = tmp_path / "salt.cif"
    path.write_text(plain_cif(crystal_named("NaCl")))
    return path


def test_a_file_gets_its_verdict_with_the_reason(salt: Path) -> None:
    done = electrolith("check", "distances", salt)
    assert done.exit_code == 0, done.stderr
    assert all(word in done.stdout for word in ("salt", "NaCl", "yes", "2.82 Å", "sum of the radii"))


def test_options_are_set_by_name(salt: Path) -> None:
    done = electrolith("check", "distances", salt, "--set", "min_fraction=1.5")
    assert done.exit_code == 0
    assert "no" in done.stdout.split()


def test_json_holds_all_that_was_found(salt: Path) -> None:
    (found,) = json.loads(electrolith("check", "volume", salt, "--json").stdout)
    assert (found["id"], found["formula"], found["verdict"]["unit"]) == ("salt", "NaCl", "Å³/atom")
    assert found["verdict"]["value"] == pytest.approx(5.64**3 / 8, rel=1e-4)


def test_unreadable_entries_are_reported_and_the_rest_is_checked(salt: Path) -> None:
    (salt.parent / "broken.cif").write_text("no CIF at all")
    found = json.loads(electrolith("check", "volume", salt.parent, "--json").stdout)
    assert [(one["id"], one["verdict"]["passed"]) for one in found] == [("broken", None), ("salt", True)]


def test_formulas_are_taken_where_a_composition_is_enough() -> None:
    done = electrolith("check", "window", "LiF", "Li6PS5Cl", "--json")
    assert done.exit_code == 0, done.stderr
    fluoride, argyrodite = json.loads(done.stdout)
    assert fluoride["verdict"]["value"] > argyrodite["verdict"]["value"] > 0  # V, the widths of their windows


def test_twins_in_a_folder_are_found(salt: Path) -> None:
    (salt.parent / "twin.cif").write_text(salt.read_text())
    found = json.loads(electrolith("check", "unique", salt.parent, "--json").stdout)
    assert [one["verdict"]["passed"] for one in found] == [True, False]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["distance", "x.cif"], "Did you mean distances"),
        (["volume", "nowhere.cif"], "does not exist. Check volume needs crystals"),
        (["window", "nowhere.cif"], "neither an existing path nor a formula"),
        (["window", "LiF", "--set", "oxidation=4"], "Did you mean oxidation_at_least"),
        (["window", "LiF", "--set", "oxidation_at_least"], "OPTION=VALUE"),
        (["window", "LiF", "--set", "oxidation_at_least=high"], "is not a number"),
        (["window", "LiF", "--set", "reduction_at_most=4", "--set", "oxidation_at_least=1"], "reduction_at_most 4"),
        (["volume"], "check volume needs crystals"),
    ],
)
def test_mistakes_end_with_2_and_a_message(words: list[str], says: str) -> None:
    done = electrolith("check", *words)
    assert done.exit_code == 2, done.output
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_all_checks_are_listed_with_their_questions_and_options() -> None:
    done = electrolith("check")
    assert done.exit_code == 0
    assert all(name in done.stdout for name in VALIDATORS)
    assert "min_fraction=0.67" in done.stdout
    assert electrolith("check", "--list").stdout == done.stdout
