"""The command line as a whole: version, help, and commands."""

from __future__ import annotations

import logging
import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from electrolith.cli import COMMANDS, error_reports
from electrolith.cli.app import app, main
from electrolith.cli.error_reports import Terminated


def test_the_version_is_printed_without_a_command() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert done.exit_code == 0, done.output
    assert done.output.strip() == version("electrolith")


def test_python_runs_the_package_as_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "electrolith", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == version("electrolith")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Terminated])
def test_a_stop_before_the_command_begins_is_told_in_one_line(
    stop: type[BaseException], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped() -> None:
        raise stop

    monkeypatch.setattr(logging, "basicConfig", stopped)
    monkeypatch.setattr(sys, "argv", ["electrolith", "--debug", "properties"])
    monkeypatch.setenv("ELECTROLITH_DEBUG", "")
    monkeypatch.setattr(error_reports, "_printed", 0)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 130
    assert capsys.readouterr().err.strip() == "electrolith: stopped."


@pytest.mark.parametrize("command", [command.__name__ for command in COMMANDS])
def test_every_command_has_a_help_page_in_which_every_option_is_explained(command: str) -> None:
    done = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    options = [line for line in done.output.splitlines() if line.strip(" │").startswith("--")]
    unexplained = [line for line in options if len(line.split()) < 4]
    assert options
    assert not unexplained


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["generat"]).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["generate", "-n", "two", "-o", "x"], "'-n' / '--number'"),
        (["generate", "-n", "0", "-o", "x"], "n = 0: it must be at least 1"),
        (["generate", "-n", "1e9999", "-o", "x"], "'-n' / '--number'"),
        (["generate", "-n", "5", "-o", "x", "--sed", "3"], "No such option: --sed"),
        (["generate", "-n", "5", "-o", "x", "--target", "bulk_modulus>=nan"], "write a number"),
        (["generat"], "No such command 'generat'"),
    ],
)
def test_a_usage_error_is_one_line_and_needs_no_torch(
    arguments: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["electrolith", *arguments])
    monkeypatch.setitem(sys.modules, "electrolith.generation.generate_on_terminal", None)  # its import would fail
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line
