"""The work behind ``electrolith finetune``: a run with its progress bars, then its results."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ..gen.training.finetune_checkpoint import LEFT_OUT, FinetuneResult
from ..gen.training.finetune_settings import FinetuneSettings
from ..gen.training.property_scale import PropertyRequest
from ..io.plain_console import PlainConsole
from ..io.progress_bar import StepBars
from ..parallel.cores import cores
from .finetune_folder import finetune_to_folder

MAX_REASONS = 5  # that are printed, the most frequent first


def finetune_on_terminal(
    data: Path, properties: tuple[PropertyRequest, ...], file: Path | None, checkpoint: str,
    steps: int, seed: int, threads: int | None, out: Path, resume: bool, overwrite: bool,
) -> None:  # fmt: skip
    """Fine-tunes into the folder ``out`` and prints the results; ``file``: that of the properties, if there is one.

    ``threads`` None: one per core. Raises ``UserError`` and ``ElectrolithError`` as ``finetune_to_folder`` does.
    """
    settings = FinetuneSettings(str(data), properties, checkpoint, steps, 0, seed, threads or cores())
    with StepBars() as watch:
        inputs = [] if file is None else [file]
        result = finetune_to_folder(settings, out, resume=resume, overwrite=overwrite, inputs=inputs, watch=watch)
    show_finetune_result(result)


def show_finetune_result(result: FinetuneResult) -> None:
    """Prints rows and errors of a checkpoint, and a command that uses it."""
    console = PlainConsole(soft_wrap=True)
    console.print(f"{result.used:,} rows used, {result.empty:,} without a value, {len(result.left_out):,} left out")
    reasons = Counter(row.reason for row in result.left_out)
    for reason, count in reasons.most_common(MAX_REASONS):
        console.print(f"  {count}: {reason}")
    if reasons:
        console.print(f"  all rows left out: {result.folder / LEFT_OUT}")
    for p in result.custom:
        k = result.known[p.name]
        unit = "decades" if p.log else p.unit
        console.print(
            f"{p.name}: error {k.error:.3g} {unit}".rstrip()
            + f" for compositions left out of training (predicting the mean: {result.guess[p.name]:.3g}), "
            f"rank correlation {k.rank:.2f}"
        )
        if k.error is not None and not k.error < result.guess[p.name]:
            console.print(f"  warning: no better than predicting the mean; targets of {p.name} will not steer")
        console.print(f"  98 % of the rows are between {p.low:g} and {p.high:g} {p.unit}".rstrip())
    console.print(f"Checkpoint: {result.folder}. Example:")
    p = result.custom[0]
    low, high = result.upper[p.name]
    target = f"{p.name}={low:.3g}..{high:.3g}"
    console.print(f'  electrolith generate -n 10 -o crystals --checkpoint {result.folder} --target "{target}"')
