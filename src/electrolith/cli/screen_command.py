"""``electrolith screen``: crystals through the checks of a recipe, to ranked candidates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .error_reports import reports_errors


@reports_errors
def screen(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.", show_default=False)],
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Output folder of generate, folder or zip of CIFs, extxyz, or CSV with a cif column."),
    ] = None,
    recipe: Annotated[
        str | None, typer.Option("--recipe", "-r", help="electrolyte, coating, or a YAML file.", show_default=False)
    ] = None,
    potential: Annotated[
        str | None,
        typer.Option(
            help="Potential of all checks that use one: chgnet, sevenn-0 or any ASE calculator.", show_default=False
        ),
    ] = None,
    md: Annotated[
        bool,
        typer.Option(
            "--md", help="Add Li⁺ diffusivity at 1000 K by molecular dynamics for survivors: up to hours each."
        ),
    ] = False,
    orderings: Annotated[
        int | None, typer.Option(help="Ordered models that stand for each disordered crystal (5).", show_default=False)
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Use only the first N crystals.", show_default=False)] = None,
    workers: Annotated[
        int | None, typer.Option(help="Worker processes (default: one per core).", show_default=False)
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run in the folder.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Delete the run in the folder first.")] = False,
) -> None:
    """Run the checks of a recipe on crystals, cheap checks first, and rank the survivors.

    Writes to the folder: candidates.csv (a row per crystal with the reason why it passed or failed), cifs/ (survivors,
    the best first), report.html, screen.yaml. The exit code is 0 also if no crystal passes or some cannot be read.
    """
    from ..screening.terminal import screen_on_terminal  # heavy: keeps --help quick

    screen_on_terminal(paths or [], recipe, potential, limit, md, out, workers, resume, overwrite, orderings)
