"""``electrolith predict``: predictions of all surrogates for given crystals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..gen.weight_folders import folder_of
from ..prediction.prediction_file import require_free_table
from .error_reports import print_error, reports_errors


@reports_errors
def predict(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Output folder of electrolith, folder or zip of CIFs, extxyz, or CSV with a cif column."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="CSV file to write; without it, a table is printed.", show_default=False),
    ] = None,
    checkpoint: Annotated[
        str,
        typer.Option(help="Name or folder of the weights, e.g. one from electrolith finetune.", metavar="NAME|FOLDER"),
    ] = "default",
    limit: Annotated[
        int | None, typer.Option(help="Use only the first N crystals.", metavar="N", show_default=False)
    ] = None,
) -> None:
    """Predict moduli, Li⁺ barriers and conductivity, energies, band gap and density of crystals.

    Each prediction has a value and a standard uncertainty (in decades for moduli and conductivities), and a doubt where
    the crystal is unlike the training data. Crystals are not relaxed first.
    """
    from ..screening.inputs import read_paths  # heavy: keeps --help quick

    weights = folder_of(checkpoint)  # refuses an unknown one
    if out is not None:
        require_free_table(out, [*paths, weights])
    crystals = read_paths(paths, limit)

    from ..prediction import prediction_table, surrogate_warnings  # torch: mistakes are found before

    for warning in surrogate_warnings.energy_warnings(checkpoint):
        print_error(f"{warning}.")
    if out is None:
        prediction_table.print_predictions(crystals, checkpoint)
    else:
        prediction_table.write_predictions(crystals, out, checkpoint, paths)
