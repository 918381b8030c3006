"""``electrolith relax``: relaxation of crystals with a potential."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .error_reports import reports_errors


@reports_errors
def relax(
    path: Annotated[
        Path, typer.Argument(help="Output folder of generate, folder or zip of CIFs, extxyz, or CSV with a cif column.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.", show_default=False)],
    potential: Annotated[
        str, typer.Option(help="chgnet, sevenn-0, sevenn-l3i5, nequix:FILE, or any ASE calculator as module:function.")
    ] = "chgnet",
    keep_symmetry: Annotated[
        bool, typer.Option("--keep-symmetry/--free", help="Relax within the space group, or let it change.")
    ] = True,
    force_limit: Annotated[float, typer.Option(help="Largest force on a relaxed crystal, eV/Å.")] = 0.05,
    max_steps: Annotated[int, typer.Option(help="Most steps of the optimiser for one crystal.")] = 500,
    max_atoms: Annotated[
        int, typer.Option(help="Most atoms in the primitive cell; larger crystals are not relaxed.")
    ] = 200,
    limit: Annotated[int | None, typer.Option(help="Use only the first N crystals.", show_default=False)] = None,
    workers: Annotated[
        int | None, typer.Option(help="Worker processes (default: one per core).", show_default=False)
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run in the folder.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Delete the run in the folder first.")] = False,
) -> None:
    """Relax cell and positions; report displacement, energy above the hull and decomposition of each crystal.

    Writes to the folder: cifs/ (relaxed, the most stable first), candidates.csv (a row per crystal with distance,
    energy and reason), report.html, screen.yaml. Energies above the hull need a potential with known elemental
    reference energies, such as chgnet.
    """
    from ..screening.terminal import relax_on_terminal  # heavy: keeps --help quick

    relax_on_terminal(
        path,
        limit,
        out,
        workers,
        resume,
        overwrite,
        potential=potential,
        keep_symmetry=keep_symmetry,
        force_limit=force_limit,
        max_steps=max_steps,
        max_atoms=max_atoms,
    )
