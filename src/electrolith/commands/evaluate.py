"""``electrolith evaluate``: the field's measures of anyone's crystals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .errors import told


@told
def evaluate(
    path: Annotated[Path, typer.Argument(help="Folder or zip of CIFs, an extxyz, or a CSV with a cif column.")],
    reference: Annotated[
        Path | None, typer.Option(help="Known crystals (default: those in the package).", show_default=False)
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="True structures: measures structure prediction instead.", show_default=False)
    ] = None,
    tries: Annotated[int, typer.Option(help="With --truth: predictions of each structure that count.")] = 1,
    relax: Annotated[bool, typer.Option("--relax", help="Relax with CHGNet: stability and distance moved.")] = False,
    limit: Annotated[int | None, typer.Option(help="The first so many crystals only.", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option(help="Processes for --relax.", show_default=False)] = None,
    json: Annotated[
        Path | None, typer.Option("--json", help="Write all of it to this file.", show_default=False)
    ] = None,
) -> None:
    """Measure validity, symmetry, uniqueness, novelty and, with --relax, stability; each with a 95 % interval."""
    from rich.console import Console

    from .. import evaluation

    if truth is None:
        found = evaluation.evaluate(path, reference, relax, limit, workers)
    else:
        found = evaluation.evaluate_prediction(path, truth, tries)
    Console().print(found.table())
    if json is not None:
        found.save(json)
