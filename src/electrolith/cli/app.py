"""The command line, ``electrolith``."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from . import COMMANDS
from .check_command import check
from .error_reports import DEBUG
from .properties_command import properties

app = typer.Typer(
    name="electrolith",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def electrolith(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Crystals for solid electrolytes and electrode coatings: say what they must be, get them as CIFs."""
    if version:
        from importlib.metadata import version as version_of

        print(version_of("electrolith"))
        raise typer.Exit
    if debug:
        os.environ[DEBUG] = "1"


for _command in COMMANDS:
    app.command(no_args_is_help=_command not in (check, properties))(_command)  # those list what there is


def main() -> None:
    """Runs the command line; ``--debug`` may stand anywhere."""
    arguments = sys.argv[1:]
    if "--debug" in arguments:
        arguments = ["--debug", *(argument for argument in arguments if argument != "--debug")]
    app(arguments)
