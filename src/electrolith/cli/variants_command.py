"""``electrolith variants``: a crystal with other ions on its sites."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import disorder
from .derived_options import argument, option, with_options
from .error_reports import reports_errors
from .order_command import OUTPUT_OPTIONS

OPTIONS = (
    argument("paths", list[Path], "CIFs, ordered or not, or folders and zips of them."),
    option("exchange", str | None, "Elements to exchange: Zr,S. Default: all.", metavar="ELEMENTS"),
    option("keep", str | None, "Elements that stay as they are: Li,O.", metavar="ELEMENTS"),
    option("tolerance", float, "Largest relative change of an ionic radius. Default: 0.15.", default=0.15),
    option("at_once", int, "Most elements that are exchanged at once. Default: 1.", default=1),
    option("most", int, "Most variants of a crystal, those of the smallest changes first. Default: 100.", default=100),
    *OUTPUT_OPTIONS,
)


@reports_errors
@with_options(OPTIONS)
def variants(**values: Any) -> None:
    """Exchange cations and anions for others of the same charge and about the same radius; the symmetry stays.

    electrolith variants Li3YCl6.cif --keep Li -o variants

    Writes to the folder: cifs/ (variants, the smallest changes first), models.csv, models.yaml. A disordered crystal
    gives disordered variants; `electrolith screen` reads the folder.
    """
    disorder.variants_on_terminal(values.pop("paths"), **values)
