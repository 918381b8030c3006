"""``electrolith generate``: options to settings, a progress bar, a table at the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..generation.options import GENERATION_PANEL, TARGETS_PANEL, setting_fields
from .derived_options import option, option_of_field, with_options
from .error_reports import print_error, reports_errors

if TYPE_CHECKING:
    from ..conditioners.interval import Interval

INCOMPLETE = 3  # exit code of a run whose attempts or candidates ended before all crystals existed
CONSTRAINTS_PANEL = "Constraints"
CONSTRAINTS: dict[str, tuple[Any, str, str | None]] = {  # of ``Targets``: type, help, metavar
    "space_group": (str, "Number or symbol, or several: 225, Fm-3m, 221,225.", "GROUPS"),
    "crystal_system": (str, "Triclinic to cubic, or several: cubic,hexagonal.", "SYSTEMS"),
    "chemical_system": (str, "Exactly these elements: Li-P-S.", "ELEMENTS"),
    "elements": (str, "At least these elements: Li,O.", "ELEMENTS"),
    "exclude": (str, "None of these elements: F,Cl.", "ELEMENTS"),
    "formula": (str, "This composition (structure prediction): Li3PS4.", None),
    "z": (int, "Formula units in the primitive cell.", "UNITS"),
    "n_atoms": (str, "Atoms in the primitive cell: 12 or 8..16.", "RANGE"),
    "max_atoms": (int, "Maximum number of atoms in the primitive cell, up to 52. Default: 20.", None),
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
    from ..generation.settings_loader import load_settings  # all imports here: start-up time of `electrolith --help`

    out, resume, overwrite, n = (values[name] for name in ("out", "resume", "overwrite", "n"))
    targets = {name: values[name] for name in CONSTRAINTS if values[name] is not None}
    targets |= _property_targets(values["target"] or [])
    given = {name: values[name] for name in _FIELDS if values[name] is not None}
    earlier = out / "run.yaml" if resume else None
    settings = load_settings({**given, "targets": targets}, values["config"], earlier, values["recipe"])
    if settings.options.keep and n not in (None, settings.options.keep):
        print_error(f"--keep {settings.options.keep} sets the number of crystals; -n {n} is not used.")

    from ..conditioners.training_range import unseen_targets
    from ..gen.surrogate.structure_surrogate import folder_in_use
    from ..gen.weight_files import folder_of
    from ..generation.generation_run import run
    from ..generation.run_display import Bar, show

    for warning in unseen_targets(settings.targets, folder_in_use(folder_of(settings.run.checkpoint))):
        print_error(f"{warning}.")
    with Bar() as bar:
        progress = run(settings, out, resume=resume, overwrite=overwrite, watch=bar)
    show(out, progress, settings.targets.property_targets)
    if progress.missing > 0:
        raise typer.Exit(INCOMPLETE)


def _property_targets(texts: list[str]) -> dict[str, Interval]:
    """Property targets by name; several targets of one property must all be met."""
    from ..conditioners.interval import intersections, split_target  # start-up time, as above

    return intersections(map(split_target, texts))
