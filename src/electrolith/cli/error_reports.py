"""Failures as a message and an exit code: 2 for a usage error, 1 for an internal error; tracebacks with ``--debug``."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

from ..gen.errors import ElectrolithError
from ..gen.plain_text import plain

Options = ParamSpec("Options")
DEBUG = "ELECTROLITH_DEBUG"  # environment variable that ``--debug`` sets
INTERRUPTED = 130  # exit code of shells for Ctrl-C


def reports_errors(command: Callable[Options, None]) -> Callable[Options, None]:
    """Wraps a command so that a failure prints one or two lines on stderr."""

    @functools.wraps(command)
    def wrapped(*args: Options.args, **kwargs: Options.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort):
            raise
        except KeyboardInterrupt:
            print_error("stopped; finished results are kept.")
            raise typer.Exit(INTERRUPTED) from None
        except ElectrolithError as error:
            _stop(error, plain(str(error)), error.exit_code)
        except MemoryError as error:
            _stop(error, "out of memory: use fewer --workers or a smaller --batch-size.", 1)
        except Exception as error:  # noqa: BLE001  every failure gets a message
            first = (str(error).splitlines() or [""])[0]
            _stop(
                error, f"{type(error).__name__}: {plain(first)}\nThis is a bug in electrolith; --debug shows where.", 1
            )

    return wrapped


def _stop(error: Exception, message: str, code: int) -> None:
    if os.environ.get(DEBUG):
        raise error
    print_error(message)
    raise typer.Exit(code) from None


def print_error(message: str) -> None:
    """Prints a message on stderr."""
    print(f"electrolith: {message}", file=sys.stderr)
