"""``electrolith screen``: crystals through a recipe of checks, to ranked candidates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .error_reports import reports_errors


@reports_errors
def screen(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Our output folder, a folder or zip of CIFs, an extxyz, a CSV with a cif column."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.", show_default=False)] = Path(),
    recipe: Annotated[
        str | None, typer.Option("--recipe", "-r", help="electrolyte, coating, or a YAML file.", show_default=False)
    ] = None,
    potential: Annotated[
        str | None,
        typer.Option(help="chgnet, sevenn-0 or any ASE calculator, in all checks that use one.", show_default=False),
    ] = None,
    md: Annotated[
        bool,
        typer.Option("--md", help="Li⁺ diffusivity at 1000 K of what passes, by molecular dynamics: up to hours each."),
    ] = False,
    limit: Annotated[int | None, typer.Option(help="The first so many crystals only.", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option(help="Processes (one per core).", show_default=False)] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in the folder.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Delete the run in the folder first.")] = False,
) -> None:
    """Take crystals through the checks of a recipe, cheap ones first, and rank those that pass.

    In the folder: candidates.csv (a row per crystal, with the reason why it stayed or fell), cifs/ (survivors, the best
    first), report.html, screen.yaml. Ends with 0 also when no crystal passes or some cannot be read.
    """
    from ..gen.errors import UserError
    from ..parallel.cores import cores
    from ..screening.screen_display import Bar, show
    from ..screening.screening_run import asked_for, screen_to_folder

    if out == Path():
        raise UserError("-o is missing: say in which folder the results go.")
    if workers is not None and workers < 1:
        raise UserError(f"--workers {workers}: it must be at least 1.")
    asked = asked_for(paths or [], recipe, potential, limit, out if resume else None, md)
    with Bar() as bar:
        screen_to_folder(asked, out, workers=workers or cores(), resume=resume, overwrite=overwrite, watch=bar)
    show(out)
