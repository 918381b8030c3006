"""``electrolith finetune``: custom properties from a CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .error_reports import reports_errors


@reports_errors
def finetune(
    data: Annotated[
        Path, typer.Option(help="A CSV with a cif column and a column for each property.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the checkpoint.", show_default=False)],
    property_: Annotated[
        list[str] | None,
        typer.Option("--property", help="A column to learn; can be repeated.", metavar="COLUMN"),
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option(help="Unit of the property; one for each --property, in their order.")
    ] = None,
    log: Annotated[
        bool | None,
        typer.Option(
            "--log/--no-log",
            help="Use its logarithm (default: if all values are positive and span two decades).",
            show_default=False,
        ),
    ] = None,
    properties: Annotated[
        Path | None,
        typer.Option(
            help="YAML list of properties with name, unit, log, centre, width; instead of --property or with it.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    checkpoint: Annotated[
        str, typer.Option(help="Checkpoint to start from; its properties stay.", metavar="NAME|FOLDER")
    ] = "default",
    steps: Annotated[
        int, typer.Option(help="Training steps of the skeleton model; 0: predictions only.", min=0)
    ] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same training.", min=0)] = 0,
    threads: Annotated[int | None, typer.Option(help="CPU threads (one per core).", show_default=False, min=1)] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue a stopped run.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Delete the checkpoint in the folder first.")] = False,
) -> None:
    """Train the models on custom properties; the result is a checkpoint for generate, predict and properties.

    500 rows take a few minutes on two cores. Cells may be empty. Rows that cannot be used are listed with reasons in
    rows-left-out.csv. The printed error is for compositions left out of the training. properties.yaml in the folder
    holds units and scales.
    """
    from ..prediction.finetune_requests import property_requests, refuse_faulty_request  # heavy: keeps --help quick

    requests = property_requests(property_ or [], unit or [], log, properties)
    refuse_faulty_request(requests, data, checkpoint, out, resume, overwrite)

    from ..prediction.finetune_display import finetune_on_terminal  # torch: mistakes are found before

    finetune_on_terminal(
        data, requests, properties, checkpoint, steps, seed, threads, out, resume=resume, overwrite=overwrite
    )
