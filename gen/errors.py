"""Errors whose message says what to do; the command line turns them into exit codes."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable

PROGRAM_ERRORS = (TypeError, AttributeError, NameError, AssertionError)  # mistakes in a program, not in a crystal


class ElectrolithError(Exception):
    """A failure that is not the user's mistake; the message has one or two lines. Exit code 1."""

    exit_code = 1


class UserError(ElectrolithError):
    """The input is impossible or misspelt; the message says what to write instead. Exit code 2."""

    exit_code = 2


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The text `` Did you mean …?`` with the closest known words, or nothing."""
    by_lower: dict[str, str] = {}
    for name in known:
        by_lower.setdefault(name.lower(), name)
    close = difflib.get_close_matches(word.lower(), list(by_lower), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(by_lower[name] for name in close)}?" if close else ""


def shown(value: object, most: int = 60) -> str:
    """A value as a message quotes it: one line of at most ``most`` characters."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no integers of more than 4,300 digits
        text = "a number of thousands of digits"
    return text if len(text) <= most else f"{text[: most - 1]}…"


def unexpected(error: Exception, doing: str) -> str:
    """The reason for an error that must not end a run, such as ``TypeError: message``.

    The error is logged with its traceback: as an error if it looks like a mistake in the program, else for debugging,
    since potentials and spglib raise many kinds of errors for unusual crystals.
    """
    level = logging.ERROR if isinstance(error, PROGRAM_ERRORS) else logging.DEBUG
    logging.getLogger("electrolith").log(level, "%s failed", doing, exc_info=error)
    return f"{type(error).__name__}: {error}"
