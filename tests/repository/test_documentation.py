"""Every command and script that a reader may copy from README.md and docs/ runs, and every reference exists.

A block is left out only with its reason: an HTML comment ``<!-- not run: reason -->`` on the line before it. Pages
share one folder, and a command that stands on several pages runs once.
"""

from __future__ import annotations

import ast
import os
import re
import runpy
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from paths import ROOT
from typer.testing import CliRunner

import electrolith
from electrolith.cli.app import app

README = ROOT / "README.md"
METHOD = ROOT / "docs" / "method.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
MOST_WORDS = 1000
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<reason>.+?) -->\n+)?^```(?P<language>bash|python)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
HEREDOC = re.compile(r"<<'(?P<end>\w+)'$")
PLACE = re.compile(r"`(?P<file>[\w/.-]+\.py)`: (?P<names>`[\w.]+`(?:, `[\w.]+`)*)")


def commands(block: str) -> Iterator[str]:
    """The commands of a bash block, each with the text that it reads from the block."""
    lines = iter(block.splitlines())
    for line in lines:
        heredoc = HEREDOC.search(line)
        whole = [line]
        while heredoc is not None and whole[-1] != heredoc["end"]:
            whole.append(next(lines))
        yield "\n".join(whole)


def run(command: str) -> None:
    """Runs a command as a shell would; one of electrolith in this process, which saves its start-up time."""
    if command.startswith("electrolith "):
        done = CliRunner().invoke(app, shlex.split(command, comments=True)[1:])
        assert done.exit_code == 0, f"{command}\n{done.output}{done.exception!r}"
        return
    shell = subprocess.run(["bash", "-euo", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert shell.returncode == 0, f"{command}\n{shell.stdout}{shell.stderr}"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, set[str]]]:
    """The folder in which a reader tries the pages, and the commands that ran there; on one core, without forks."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    if cores:
        os.sched_setaffinity(0, {min(cores)})
    yield tmp_path_factory.mktemp("reader"), set()
    if cores:
        os.sched_setaffinity(0, cores)


def blocks(page: Path) -> list[re.Match[str]]:
    return [b for b in BLOCK.finditer(page.read_text(encoding="utf-8")) if not b["reason"]]


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: p.name)
@pytest.mark.filterwarnings("ignore")
def test_the_commands_of_a_page_run(page: Path, reader: tuple[Path, set[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, done = reader
    monkeypatch.chdir(folder)
    for block in blocks(page):
        if block["language"] == "python":
            exec(block["code"], {"__name__": "__main__"})
            continue
        for command in commands(block["code"]):
            if command not in done:
                run(command)
                done.add(command)


def test_every_public_name_has_its_api_page() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "api").glob("*.md"))
    described = set(re.findall(r"^::: electrolith\.[\w.]+\.(\w+)$", pages, re.MULTILINE))
    assert set(electrolith.__all__) <= described


def test_the_page_of_figures_is_written_from_the_measurements(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ROOT / "benchmarks"
    monkeypatch.syspath_prepend(folder)
    written = runpy.run_path(str(folder / "make_readme.py"))["text"]()
    assert written == (folder / "README.md").read_text(encoding="utf-8")


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").split()) <= MOST_WORDS


LINK = re.compile(r"\]\((?!https?:|#)(?P<file>[^)#\s]+)")
OF_THE_REPOSITORY = [README, ROOT / "CONTRIBUTING.md", ROOT / "benchmarks" / "README.md"]  # the site checks its own


@pytest.mark.parametrize("page", OF_THE_REPOSITORY, ids=lambda p: p.name)
def test_links_lead_to_files(page: Path) -> None:
    found = LINK.finditer(page.read_text(encoding="utf-8"))
    assert [link["file"] for link in found if not (page.parent / link["file"]).exists()] == []


def places() -> list[tuple[str, str]]:
    """(file, name) of all code that the method page refers to."""
    found = PLACE.finditer(METHOD.read_text(encoding="utf-8"))
    return [(place["file"], name) for place in found for name in re.findall(r"`([\w.]+)`", place["names"])]


@pytest.mark.parametrize(("file", "name"), places())
def test_the_method_page_names_code_that_exists(file: str, name: str) -> None:
    body: list[ast.stmt] = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    for part in name.split("."):
        known = {d.name: d for d in body if isinstance(d, ast.ClassDef | ast.FunctionDef)}
        assert part in known, f"{file} has no {name}"
        body = known[part].body


def test_every_equation_of_the_method_page_is_in_its_table() -> None:
    text = METHOD.read_text(encoding="utf-8")
    equations = set(re.findall(r"\\tag\{(\d+)\}", text))
    table = text[text.index("## Equations and code") :]
    assert equations
    assert equations == set(re.findall(r"^\| \((\d+)\)", table, re.MULTILINE))
