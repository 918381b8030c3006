"""Numbers, truth values, texts and paths as YAML and a command line give them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

WORDS = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}  # truth values as texts
LONGEST_NUMBER = 400  # characters of a number
LARGEST_INTEGER = 2**63

SCALARS: dict[Any, tuple[str, str]] = {  # type: words for one and for several
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    bool: ("true or false", "truth values"),
    str: ("a text", "texts"),
    Path: ("a path", "paths"),
}


def read_scalar(kind: type, value: object) -> Any:
    """The value in its type; raises ``ValueError`` with words for what to write."""
    if kind is bool:
        truth = WORDS.get(value.strip().lower()) if isinstance(value, str) else value
        if isinstance(truth, bool):
            return truth
    elif kind is str:
        if isinstance(value, str):
            return value
    elif kind is Path:
        if isinstance(value, str | Path) and str(value) and "\0" not in str(value):
            return Path(value)
    elif isinstance(value, int | float | str) and not isinstance(value, bool):
        number = _number(value)
        if number is not None and (kind is float or number == int(number)):
            return kind(number)
        if isinstance(value, int):
            raise ValueError("a smaller number")
    raise ValueError(SCALARS[kind][0])


def _number(value: float | str) -> float | None:
    """A finite number of a reasonable size, or None."""
    if isinstance(value, str) and (len(value) > LONGEST_NUMBER or "_" in value):
        return None
    try:
        number = int(value) if isinstance(value, str) and value.strip().lstrip("+-").isdecimal() else value
        number = float(number) if isinstance(number, str) else number
    except ValueError:
        return None
    finite = abs(number) < LARGEST_INTEGER if isinstance(number, int) else math.isfinite(number)
    return number if finite else None
