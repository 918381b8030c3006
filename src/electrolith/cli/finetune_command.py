"""``electrolith finetune``: one's own property from a CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .error_reports import reports_errors

if TYPE_CHECKING:
    from ..prediction.finetune_folder import Finetuned


@reports_errors
def finetune(
    data: Annotated[
        Path, typer.Option(help="A CSV with a cif column and a column for each property.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the checkpoint.", show_default=False)],
    property_: Annotated[
        list[str] | None,
        typer.Option("--property", help="A column to learn, as often as you like.", metavar="COLUMN"),
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option(help="Its unit, for people; one for each --property, in their order.")
    ] = None,
    log: Annotated[
        bool | None,
        typer.Option(
            "--log/--no-log",
            help="Whether it is seen by its logarithm (default: where it is positive and spans two decades).",
            show_default=False,
        ),
    ] = None,
    properties: Annotated[
        Path | None,
        typer.Option(
            help="YAML list of properties with name, unit, log, centre, width: instead of --property, or beside it.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    checkpoint: Annotated[
        str, typer.Option(help="Weights to start from, with all that they know.", metavar="NAME|FOLDER")
    ] = "default",
    steps: Annotated[int, typer.Option(help="Training steps of the generator; 0: predictions only.", min=0)] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same training.", min=0)] = 0,
    threads: Annotated[int | None, typer.Option(help="CPU threads (one per core).", show_default=False, min=1)] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was stopped.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Delete the checkpoint in the folder first.")] = False,
) -> None:
    """Teach the models a property of your own; make a checkpoint for generate, predict and properties.

    500 rows take minutes of two cores. Cells may be empty. Rows that cannot be used are listed, with reasons, in
    rows-left-out.csv. The error is that for compositions left out of the training. The properties' units and scales
    stand in properties.yaml of the folder.
    """
    from ..io.progress_bar import StepBars
    from ..parallel.cores import cores
    from ..prediction.finetune_folder import FinetuneSettings, finetune_to_folder, wanted

    asked = wanted(property_ or [], unit or [], log, properties)
    settings = FinetuneSettings(str(data), asked, checkpoint, steps, 0, seed, threads or cores())
    with StepBars() as watch:
        found = finetune_to_folder(settings, out, resume=resume, overwrite=overwrite, watch=watch)
    _show(found)


def _show(found: Finetuned) -> None:
    from rich.console import Console

    from ..gen.training.finetune import LEFT_OUT

    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(f"{found.used:,} rows used, {found.empty:,} without a value, {len(found.left_out):,} left out")
    reasons = [row.reason for row in found.left_out]
    for reason in sorted(set(reasons), key=lambda r: -reasons.count(r))[:5]:
        console.print(f"  {reasons.count(reason)}: {reason}")
    if reasons:
        console.print(f"  all of them: {found.folder / LEFT_OUT}")
    for p in found.own:
        k = found.known[p.name]
        unit = "decades" if p.log else p.unit
        console.print(
            f"{p.name}: error {k.error:.3g} {unit}".rstrip()
            + f" for compositions left out (the mean as a guess: {found.guess[p.name]:.3g}), "
            f"rank correlation {k.rank:.2f}"
        )
        console.print(f"  98 % of the rows from {p.low:g} to {p.high:g} {p.unit}".rstrip())
    console.print(f"The checkpoint is {found.folder}. Now, for example:")
    p = found.own[0]
    low, high = found.upper[p.name]
    target = f"{p.name}={low:.3g}..{high:.3g}"
    console.print(f'  electrolith generate -n 10 -o crystals --checkpoint {found.folder} --target "{target}"')
