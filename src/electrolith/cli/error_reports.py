"""Failures as a message and an exit code: 2 for the user's mistake, 1 for ours; a traceback only with ``--debug``."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

from ..gen.errors import ElectrolithError

Options = ParamSpec("Options")
DEBUG = "ELECTROLITH_DEBUG"  # environment variable that ``--debug`` sets
INTERRUPTED = 130  # as shells have it for Ctrl-C


def reports_errors(command: Callable[Options, None]) -> Callable[Options, None]:
    """A command whose failures end in one or two lines on stderr."""

    @functools.wraps(command)
    def wrapped(*args: Options.args, **kwargs: Options.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort):
            raise
        except KeyboardInterrupt:
            say("stopped; what was finished is kept.")
            raise typer.Exit(INTERRUPTED) from None
        except ElectrolithError as error:
            _stop(error, str(error), error.exit_code)
        except MemoryError as error:
            _stop(error, "out of memory: make fewer --workers or a smaller --batch-size.", 1)
        except Exception as error:  # noqa: BLE001  whatever it is, a person gets a sentence
            first = (str(error).splitlines() or [""])[0]
            _stop(error, f"{type(error).__name__}: {first}\nThis is a fault of electrolith; --debug shows where.", 1)

    return wrapped


def _stop(error: Exception, message: str, code: int) -> None:
    if os.environ.get(DEBUG):
        raise error
    say(message)
    raise typer.Exit(code) from None


def say(message: str) -> None:
    """A message on stderr."""
    print(f"electrolith: {message}", file=sys.stderr)
