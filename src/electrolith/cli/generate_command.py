"""``electrolith generate``: options to settings, a progress bar, a table at the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .error_reports import print_error, reports_errors

if TYPE_CHECKING:
    from ..conditioners.interval import Interval

SPENT = 3  # exit code of a run whose attempts ran out before all crystals had passed
MUST, MAY, HOW = "What the crystals must be", "What they should be", "How they are made"


def _option(help_text: str, panel: str, *names: str, metavar: str | None = None) -> Any:
    return typer.Option(*names, help=help_text, rich_help_panel=panel, metavar=metavar, show_default=False)


@reports_errors
def generate(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the crystals.", show_default=False)],
    n: Annotated[int | None, typer.Option("-n", "--number", help="How many crystals.", show_default=False)] = None,
    space_group: Annotated[
        str | None, _option("Number or symbol, or several: 225, Fm-3m, 221,225.", MUST, metavar="GROUPS")
    ] = None,
    crystal_system: Annotated[
        str | None, _option("Triclinic to cubic, or several: cubic,hexagonal.", MUST, metavar="SYSTEMS")
    ] = None,
    chemical_system: Annotated[str | None, _option("Exactly these elements: Li-P-S.", MUST, metavar="ELEMENTS")] = None,
    elements: Annotated[str | None, _option("At least these elements: Li,O.", MUST, metavar="ELEMENTS")] = None,
    exclude: Annotated[str | None, _option("None of these elements: F,Cl.", MUST, metavar="ELEMENTS")] = None,
    formula: Annotated[str | None, _option("This composition (structure prediction): Li3PS4.", MUST)] = None,
    z: Annotated[int | None, _option("Formula units in the primitive cell.", MUST, "--z", metavar="UNITS")] = None,
    n_atoms: Annotated[str | None, _option("Atoms in the primitive cell: 12 or 8..16.", MUST, metavar="RANGE")] = None,
    max_atoms: Annotated[
        int | None, _option("At most so many atoms in the primitive cell (20; the models know up to 52).", MUST)
    ] = None,
    target: Annotated[
        list[str] | None,
        _option("A property, as often as you like: bulk_modulus=80..120, 'shear_modulus>=20'.", MAY, metavar="TARGET"),
    ] = None,
    recipe: Annotated[
        str | None,
        _option(
            "Targets for a use: electrolyte, coating, or a YAML file; options given here win. Another kind than the "
            "recipes of checks of `electrolith screen`.",
            MAY,
            metavar="NAME|FILE",
        ),
    ] = None,
    keep: Annotated[
        int | None,
        _option(
            "Instead of -n: go on until so many crystals, no two alike, have all properties asked for, by the "
            "surrogates.",
            MAY,
        ),
    ] = None,
    confidence: Annotated[
        float | None,
        _option(
            "With --keep: keep only crystals that have all properties asked for with at least this chance, by the "
            "surrogates: 0.5.",
            MAY,
            metavar="CHANCE",
        ),
    ] = None,
    max_candidates: Annotated[
        int | None, _option("With --keep: give up after so many candidates (100 for each to keep).", MAY)
    ] = None,
    guidance: Annotated[float | None, _option("Strength of property targets (2).", MAY)] = None,
    seed: Annotated[int | None, _option("The same seed gives the same crystals (0).", HOW)] = None,
    steps: Annotated[
        str | None, _option("Evaluations of the geometry model for one crystal (50; 200 for a formula).", HOW)
    ] = None,
    max_attempts: Annotated[int | None, _option("Candidates for one crystal before it is given up (20).", HOW)] = None,
    charge: Annotated[bool | None, _option("Replace candidates without balanced charges (yes).", HOW)] = None,
    stable: Annotated[bool | None, _option("Prefer what is predicted to be near the hull (yes).", HOW)] = None,
    new: Annotated[bool | None, _option("Prefer what is not in the reference set (yes).", HOW)] = None,
    fit: Annotated[bool | None, _option("Prefer what is predicted to meet the targets (yes).", HOW)] = None,
    relax: Annotated[
        bool | None, _option("Relax candidates with CHGNet before they are checked: seconds for each (no).", HOW)
    ] = None,
    batch_size: Annotated[str | None, _option("Crystals made at once (auto).", HOW, metavar="NUMBER|auto")] = None,
    workers: Annotated[str | None, _option("Processes (auto: one per core).", HOW, metavar="NUMBER|auto")] = None,
    device: Annotated[str | None, _option("auto, cpu, cuda (auto).", HOW)] = None,
    checkpoint: Annotated[
        str | None, _option("Name or folder of the weights (default: those in the package).", HOW)
    ] = None,
    shard: Annotated[str | None, _option("Make one part of the run, e.g. 2/8 in an array job.", HOW)] = None,
    config: Annotated[
        Path | None, _option("YAML file with settings; options given here win.", HOW, metavar="FILE")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in the folder.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Delete the run in the folder first.")] = False,
) -> None:
    """Make new crystals with the symmetry, chemistry and properties asked for, as CIFs.

    In the folder: crystals.csv, cifs/, generated_crystals_cif.zip, generated_crystals.extxyz, rejected.csv, run.yaml.
    Ends with 0 when all crystals were made, 3 when attempts or candidates ran out first, 2 for a mistake in the
    options, 1 for ours.
    """
    targets = {
        "space_group": space_group, "crystal_system": crystal_system, "chemical_system": chemical_system,
        "elements": elements, "exclude": exclude, "formula": formula, "z": z, "n_atoms": n_atoms,
        "max_atoms": max_atoms,
    }  # fmt: skip
    options = {
        "n": n, "seed": seed, "steps": steps, "guidance": guidance, "max_attempts": max_attempts,
        "charge": charge, "stable": stable, "new": new, "fit": fit, "relax": relax, "batch_size": batch_size,
        "workers": workers, "device": device, "checkpoint": checkpoint, "shard": shard, "keep": keep,
        "confidence": confidence, "max_candidates": max_candidates,
    }  # fmt: skip
    wanted = {name: value for name, value in targets.items() if value is not None} | _properties(target or [])
    given = {name: value for name, value in options.items() if value is not None}

    from ..generation.settings_loader import load_settings

    settings = load_settings({**given, "targets": wanted}, config, out / "run.yaml" if resume else None, recipe)
    if settings.keep and n not in (None, settings.keep):
        print_error(f"--keep {settings.keep} says how many crystals to make; -n {n} is not used.")

    from ..gen.surrogate.structure_surrogate import folder_in_use
    from ..gen.weight_files import folder_of
    from ..generation.generation_run import run
    from ..generation.run_display import Bar, show
    from ..generation.target_filter import unseen_targets

    for warning in unseen_targets(settings.targets, folder_in_use(folder_of(settings.checkpoint))):
        print_error(f"{warning}.")
    with Bar() as bar:
        outcome = run(settings, out, resume=resume, overwrite=overwrite, watch=bar)
    show(out, outcome, settings.targets.property_targets)
    if outcome.made < outcome.asked:
        raise typer.Exit(SPENT)


def _properties(texts: list[str]) -> dict[str, Interval]:
    """Property targets by name; several of one property must all hold."""
    from ..conditioners.interval import intersections, split_target

    return intersections(map(split_target, texts))
