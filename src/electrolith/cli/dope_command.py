"""``electrolith dope``: neutral doped cells of a crystal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import disorder
from .derived_options import argument, option, with_options
from .error_reports import reports_errors
from .order_command import FIELDS, ORDER_OPTIONS, OUTPUT_OPTIONS

OPTIONS = (
    argument("paths", list[Path], "CIFs of the host, ordered or not, or folders and zips of them."),
    option(
        "substitute",
        list[str],
        "Element, its substitute, and the share: Zr:Ta=0.25; repeatable.",
        metavar="OLD:NEW=SHARE",
        default=...,
    ),
    option("compensate", str | None, "Element that makes up for the charge: Li.", metavar="ELEMENT"),
    *OUTPUT_OPTIONS,
    *ORDER_OPTIONS,
)


@reports_errors
@with_options(OPTIONS)
def dope(**values: Any) -> None:
    """Replace a share of an element, make up for the charge, and order the doped cell.

    electrolith dope LLZO.cif --substitute "Zr:Ta=0.25" --compensate Li -o doped

    Where the charge needs more atoms than the sites of the compensating element have room for, they go into voids.
    Writes the same files as order; `electrolith screen` reads the folder.
    """
    given = {name: value for name in FIELDS if (value := values.pop(name)) is not None}
    substitute, compensate = values.pop("substitute"), values.pop("compensate")
    disorder.dope_on_terminal(values.pop("paths"), substitute, compensate, given, **values)
