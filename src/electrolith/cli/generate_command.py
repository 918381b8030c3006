"""``electrolith generate``: its options, and a run with a progress bar and a table at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from ..generation.options import GENERATION_PANEL, TARGETS_PANEL, setting_fields
from .derived_options import option, option_of_field, with_options
from .error_reports import print_error, reports_errors

INCOMPLETE = 3  # exit code of a run whose attempts or candidates ended before all crystals existed
CONSTRAINTS_PANEL = "Constraints"
CONSTRAINTS: dict[str, tuple[Any, str, str | None]] = {  # of ``Targets``: type, help, metavar
    "space_group": (str, "Number or symbol, or several: 225, Fm-3m, 221,225.", "GROUPS"),
    "crystal_system": (str, "Triclinic to cubic, or several: cubic,hexagonal.", "SYSTEMS"),
    "chemical_system": (str, "Exactly these elements: Li-P-S.", "ELEMENTS"),
    "elements": (str, "At least these elements: Li,O.", "ELEMENTS"),
    "exclude": (str, "None of these elements: F,Cl.", "ELEMENTS"),
    "formula": (str, "This composition (structure prediction): Li3PS4.", None),
    "z": (str, "Formula units in the primitive cell: 4, 1,2,4 or 1..8.", "UNITS"),
    "n_atoms": (str, "Atoms in the primitive cell: 12 or 8..16.", "RANGE"),
    "max_atoms": (
        int,
        "Maximum number of atoms in the primitive cell, up to 200. Default: 20; 52 for a formula, or what it needs.",
        None,
    ),
}
TARGET_HELP = "Property target; may be given several times: bulk_modulus=80..120, 'shear_modulus>=20'."
RECIPE_HELP = (
    "Targets for a use: electrolyte, coating, or a YAML file. Options given here override it. Not the same as the "
    "recipes of checks of `electrolith screen`."
)
_FIELDS = {one.name: one for one in setting_fields()}
OPTIONS = (
    option("out", Path, "Folder for the crystals.", flags=("--out", "-o"), default=...),
    option_of_field(_FIELDS["n"], ("-n", "--number")),
    *(
        option(name, kind | None, text, CONSTRAINTS_PANEL, metavar=metavar)
        for name, (kind, text, metavar) in CONSTRAINTS.items()
    ),
    option("target", list[str] | None, TARGET_HELP, TARGETS_PANEL, metavar="TARGET"),
    option("recipe", str | None, RECIPE_HELP, TARGETS_PANEL, metavar="NAME|FILE"),
    *(option_of_field(one) for one in _FIELDS.values() if one.name != "n"),
    option(
        "config",
        Path | None,
        "YAML file with settings. Options given here override it.",
        GENERATION_PANEL,
        metavar="FILE",
    ),
    option("resume", bool, "Resume the run in the folder.", flags=("--resume",), default=False),
    option("overwrite", bool, "Delete the run in the folder first.", flags=("--overwrite",), default=False),
)


@reports_errors
@with_options(OPTIONS)
def generate(**values: Any) -> None:
    """Generate new crystals with given symmetry, chemistry and properties, as CIFs.

    In the folder: crystals.csv, cifs/, generated_crystals_cif.zip, generated_crystals.extxyz, rejected.csv, run.yaml.
    Exit code: 0 if all crystals were generated, 3 if attempts or candidates ended first, 2 for a usage error, 1 for an
    internal error.
    """
    from ..generation.requested_settings import RunRequest, requested_settings  # heavy: keeps --help quick

    given = {name: values[name] for name in _FIELDS if values[name] is not None}
    constraints = {name: values[name] for name in CONSTRAINTS if values[name] is not None}
    request = RunRequest(*(values[name] for name in ("out", "config", "recipe", "resume", "overwrite")))
    settings = requested_settings(given, constraints, values["target"] or [], request, print_error)

    from ..generation.generate_on_terminal import generate_on_terminal  # torch: a usage error does not wait for it

    if generate_on_terminal(settings, request, print_error):
        raise typer.Exit(INCOMPLETE)
