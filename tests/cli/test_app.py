"""The command line as a whole: version, help, and commands."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from electrolith.cli import COMMANDS
from electrolith.cli.app import app


def test_the_version_is_printed_without_a_command() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert done.exit_code == 0, done.output
    assert done.output.strip() == version("electrolith")


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
