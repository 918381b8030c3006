"""The card of a training run: its settings from the beginning, its losses and its time at the end."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..atomic import write_atomic
from ..errors import UserError
from ..stored_records import reading_back
from ..typed_records import write_record
from ..yaml_lines import YamlLines
from ..yaml_schema import yaml_text
from .training_settings import TrainingSettings

if TYPE_CHECKING:
    import lightning

CARD = "card.yaml"


def begin_card(settings: TrainingSettings, path: Path) -> None:
    """Writes the settings of a run that starts; the card of a run that is resumed stays until its end."""
    if not path.exists():
        _write(path, {"model": settings.model, "settings": write_record(settings)})


def check_same_training(settings: TrainingSettings, path: Path) -> None:
    """Raises ``UserError`` that names each setting that is not that of the run with this card.

    The settings ``steps``, ``save_every`` and ``threads`` may differ; so may the device, which is no setting. A folder
    without a card, as a killed run of an earlier version left it, is not compared.
    """
    if not path.exists():
        return
    now = write_record(settings)
    with reading_back(path, "Train in another folder"):
        earlier = dict(_read(path)["settings"])
    compared = [one.name for one in fields(settings) if one.compare and one.name in earlier]
    if differing := [f"{k}: {earlier[k]}, {now[k]}" for k in compared if earlier[k] != now[k]]:
        raise UserError(
            f"--resume needs the settings of the run; these differ ({path.name}, now): {'; '.join(differing)}. "
            "Train in another folder."
        )


def finish_card(
    settings: TrainingSettings, path: Path, crystals: int, trainer: lightning.Trainer, hours: float, device: str
) -> None:
    """Writes settings, losses and time of a run; the losses of a run that had ended stay as they were."""
    losses = {k: round(float(v), 4) for k, v in trainer.callback_metrics.items()}
    if path.exists() and not any(name.startswith("train") for name in losses):
        earlier = _read(path)
        losses = (earlier.get("steps") == trainer.global_step and earlier.get("losses")) or losses
    threads = f"{platform.machine()}, {settings.threads} thread(s)"
    card = {
        "model": settings.model,
        "settings": write_record(settings),
        "crystals": crystals,
        "steps": trainer.global_step,
        "hours_of_this_run": round(hours, 2),
        "machine": threads if device == "cpu" else str(trainer.strategy.root_device),
        "losses": losses,
    }
    _write(path, card)


def _read(path: Path) -> Mapping[str, Any]:
    values: Mapping[str, Any] = YamlLines.of_mapping(path, "model: skeleton").values
    return values


def _write(path: Path, card: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, yaml_text(dict(card)).encode())
