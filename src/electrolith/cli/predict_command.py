"""``electrolith predict``: every surrogate on anyone's crystals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .error_reports import reports_errors


@reports_errors
def predict(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Our output folder, a folder or zip of CIFs, an extxyz, a CSV with a cif column."),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A CSV file; none: a table.", show_default=False)
    ] = None,
    checkpoint: Annotated[
        str,
        typer.Option(help="Name or folder of the weights, such as one of electrolith finetune.", metavar="NAME|FOLDER"),
    ] = "default",
    limit: Annotated[int | None, typer.Option(help="The first so many crystals only.", show_default=False)] = None,
) -> None:
    """Predict moduli, Li⁺ barriers and conductivity, energies, band gap and density of crystals.

    For each property a value, its standard uncertainty (in decades for moduli and conductivities), and, where a crystal
    is unlike those the surrogates were trained on, why. Crystals need not be relaxed, but are taken as they are.
    """
    from ..prediction.prediction_table import print_predictions, write_predictions
    from ..screening.inputs import read_paths

    crystals = read_paths(paths, limit)
    if out is None:
        print_predictions(crystals, checkpoint)
    else:
        write_predictions(crystals, out, checkpoint)
