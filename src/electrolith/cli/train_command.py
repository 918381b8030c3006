"""``electrolith train``: training from a settings file to a weight file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..gen.devices import require_known_device
from .error_reports import reports_errors


@reports_errors
def train(
    config: Annotated[
        Path, typer.Argument(help="Settings, e.g. configs/train-geometry.yaml; or the name of one in the package.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for checkpoints and weights.", show_default=False)],
    device: Annotated[str, typer.Option(help="auto, cpu, cuda.")] = "auto",
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Continue from the last checkpoint in the folder.",
        ),
    ] = False,
) -> None:
    """Train the skeleton model, the geometry model or a surrogate; --resume continues a stopped run.

    Writes MODEL.safetensors, card.yaml (settings, losses, time), checkpoints and a CSV of losses. A folder with both
    weight files is a checkpoint for ``electrolith generate --checkpoint``. A run is resumed with its own settings; only
    steps, save_every, threads and the device may differ.
    """
    require_known_device(device)
    from ..prediction.train_folder import train_to_folder  # heavy: mistakes are found before

    print(train_to_folder(config, out, resume=resume, device=device))
