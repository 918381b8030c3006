"""The steps of CONTRIBUTING.md work."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from types import ModuleType

import pytest
from paths import ROOT
from typer.testing import CliRunner, Result

from electrolith.cli.app import app
from electrolith.validators import VALIDATORS

IGNORED = "benchmarks/results/"  # written by the scripts
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture
def heaviest(monkeypatch: pytest.MonkeyPatch) -> str:
    """The check of the five steps, in a module of its own, in the table."""
    found = re.search(r"^ *```python\n(.*?)^ *```$", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None
    module = ModuleType("heaviest")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(textwrap.dedent(found[1]), module.__dict__)
    monkeypatch.setitem(VALIDATORS, "heaviest", module.Heaviest)
    return "heaviest"


def electrolith(*words: str) -> Result:
    return CliRunner().invoke(app, [*words])


def test_a_new_check_answers_on_the_command_line(heaviest: str) -> None:
    done = electrolith("check", heaviest, "LiF", "CsPbI3", "--set", "at_most=50", "--json")
    assert done.exit_code == 0, done.output
    answers = json.loads(done.stdout)
    assert [one["verdict"]["passed"] for one in answers] == [True, False]
    assert answers[1]["verdict"]["value"] == 82


def test_a_new_check_is_listed_with_its_question_and_option(heaviest: str) -> None:
    listed = " ".join(electrolith("check", "--list").output.split())
    assert all(words in listed for words in (heaviest, "very heavy", "at_most"))


def test_the_import_graph_is_the_one_that_is_enforced() -> None:
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    layers = re.search(r"exhaustive = true\n.*?layers = \[(.*?)\]", contracts, re.DOTALL)
    assert layers is not None
    assert " > ".join(re.findall(r'"(.+?)"', layers[1])) in TEXT


def test_the_rooms_that_are_named_exist() -> None:
    for name in re.findall(r"`((?:src|gen|conditioners|validators|configs|tests|benchmarks|docs)/[\w./-]*)`", TEXT):
        assert (ROOT / name).exists() or name == IGNORED, name
