"""``electrolith order``: ordered models of disordered crystals."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from .. import disorder
from ..disorder.order_options import OrderOptions
from .derived_options import argument, option, option_of_field, with_options
from .error_reports import reports_errors

FIELDS = {one.name: one for one in fields(OrderOptions)}
OUTPUT_OPTIONS = (
    option("out", Path, "Folder for the results.", flags=("--out", "-o"), default=...),
    option("limit", int | None, "Use only the first N crystals."),
    option("workers", int | None, "Worker processes (default: one per core)."),
    option("resume", bool, "Continue the run in the folder.", flags=("--resume",), default=False),
    option("overwrite", bool, "Delete the run in the folder first.", flags=("--overwrite",), default=False),
)
ORDER_OPTIONS = tuple(option_of_field(one) for one in FIELDS.values())


PATHS = argument("paths", list[Path], "CIFs with partial occupancies, or folders and zips of them.")


@reports_errors
@with_options((PATHS, *OUTPUT_OPTIONS, *ORDER_OPTIONS))
def order(**values: Any) -> None:
    """Make ordered models of disordered crystals: neutral, distinct, the most stable first.

    electrolith order Li6.4La3Zr1.4Ta0.6O12.cif -o models

    Writes to the folder: cifs/ (models, the best of each crystal first), models.csv (a row per model with its energies,
    and a row per crystal without models with the reason), models.yaml.
    """
    given = {name: value for name in FIELDS if (value := values.pop(name)) is not None}
    disorder.order_on_terminal(values.pop("paths"), given, **values)
