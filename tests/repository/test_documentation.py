"""Every command and script that a reader may copy from README.md and docs/ runs, and what the pages refer to exists.

A block is left out only with its reason: an HTML comment ``<!-- not run: reason -->`` on the line before it. Pages
share one folder, and a command that stands on several pages runs once.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from paths import ROOT

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


def run(command: list[str], folder: Path) -> None:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{command[-1]}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """The folder in which a reader tries the pages, and the commands that ran there."""
    return tmp_path_factory.mktemp("reader"), set()


def blocks(page: Path) -> list[re.Match[str]]:
    return [b for b in BLOCK.finditer(page.read_text(encoding="utf-8")) if not b["reason"]]


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: p.name)
def test_what_this_page_tells_a_reader_to_run_runs(page: Path, reader: tuple[Path, set[str]]) -> None:
    folder, done = reader
    for block in blocks(page):
        if block["language"] == "python":
            run([sys.executable, "-c", block["code"]], folder)
            continue
        for command in commands(block["code"]):
            if command not in done:
                run(["bash", "-euo", "pipefail", "-c", command], folder)
                done.add(command)


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").split()) <= MOST_WORDS


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
