"""``electrolith train``: a weight file from a settings file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .error_reports import reports_errors


@reports_errors
def train(
    config: Annotated[
        Path, typer.Argument(help="Settings, e.g. configs/train-geometry.yaml; or the name of one in the package.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for checkpoints and weights.", show_default=False)],
    device: Annotated[str, typer.Option(help="auto, cpu, cuda.")] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint in the folder.")] = False,
) -> None:
    """Train the skeleton or the geometry model; a run that was stopped goes on with --resume.

    Writes MODEL.safetensors, card.yaml (settings, losses, time), checkpoints and a CSV of losses. A folder with both
    weight files is a checkpoint for ``electrolith generate --checkpoint``.
    """
    from importlib.resources import files

    from ..gen.errors import UserError
    from ..gen.training.model_settings import load_settings
    from ..gen.training.train import train as run

    shipped = Path(str(files("electrolith") / "configs" / f"{config.stem}.yaml"))
    if not config.exists() and not shipped.exists():
        raise UserError(f"there is no settings file {config}.")
    if (out / "last.ckpt").exists() and not resume:
        raise UserError(f"{out} holds a run already: go on with it (--resume) or name another folder.")
    weights = run(load_settings(config if config.exists() else shipped), out, resume, device)
    print(weights)
