"""The ``electrolith`` command."""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated, Any, NoReturn

import typer

from ..gen.plain_text import plain
from . import COMMANDS
from .check_command import check
from .error_reports import DEBUG, INTERRUPTED, errors_printed, print_error, stop_when_told
from .properties_command import properties

app = typer.Typer(
    name="electrolith",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def print_version(requested: bool) -> None:
    """Prints the version and stops, before typer looks for a subcommand."""
    if requested:
        from importlib.metadata import version  # it takes a tenth of the start-up time of `electrolith --help`

        print(version("electrolith"))
        raise typer.Exit


@app.callback()
def electrolith(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=print_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """New crystals for solid electrolytes and electrode coatings, from targets to CIFs."""
    if debug:
        os.environ[DEBUG] = "1"
        logging.basicConfig()  # shows the internal errors that the package logs


for _command in COMMANDS:
    app.command(no_args_is_help=_command not in (check, properties))(
        _command
    )  # without arguments these two print lists


def main() -> None:
    """Runs the command line; ``--debug`` may be anywhere in it."""
    stop_when_told()
    arguments = sys.argv[1:]
    if "--debug" in arguments:
        arguments = ["--debug", *(argument for argument in arguments if argument != "--debug")]
    try:
        code = app(arguments, standalone_mode=False)
    except typer.Abort:
        sys.exit(1)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        _refuse(error)
    if code == INTERRUPTED and not errors_printed():  # typer has caught the stop of a command that had not begun
        print_error("stopped.")
    sys.exit(code)


def _refuse(error: Any) -> NoReturn:
    """Prints a usage error that typer found in one line; typer itself draws a box around it."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
    else:
        command = error.ctx.command_path if getattr(error, "ctx", None) else "electrolith"
        print_error(f"{plain(error.format_message()).rstrip('.')}. See {command} --help.")
    sys.exit(error.exit_code)
