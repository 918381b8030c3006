"""Checkpoints of a training run: whole files of tensors and plain values, from which a stopped run goes on.

Each checkpoint is written twice, one file after the other. If one is damaged, the run goes on from the other one.
Checkpoints are read with ``weights_only=True``: no code that a file may hold is run.
"""

from __future__ import annotations

import io
import pickle
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.plugins.io import TorchCheckpointIO
from torch import Tensor

from ..atomic import write_atomic
from ..errors import UserError

FIRST = "checkpoint"  # stem of the file that is written first
NAMES = ("last.ckpt", f"{FIRST}.ckpt")
NEEDED = ("state_dict", "current_model_state", "averaging_state", "optimizer_states", "lr_schedulers", "global_step")


class WholeCheckpoints(TorchCheckpointIO):
    """Writes checkpoints to whole files, and reads tensors and plain values only."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Writes a checkpoint; with an error such as a full disk the earlier file of this name stays."""
        content = io.BytesIO()  # torch reports a full disk as an error of its own, the file as an ``OSError``
        torch.save(checkpoint, content)
        write_atomic(Path(path), content.getvalue())

    def load_checkpoint(self, path: Any, map_location: Any = "cpu", weights_only: bool | None = True) -> dict[str, Any]:
        """The content of a checkpoint. Raises ``UserError``."""
        return read_checkpoint(Path(path))


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The content of a checkpoint of electrolith, on the CPU.

    Raises ``UserError`` for a file that is damaged, of another kind, or holds more than tensors and plain values.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            packed = any(info.compress_type != zipfile.ZIP_STORED for info in archive.infolist())
            flaw = "it is compressed" if packed else archive.testzip()
        content = None if flaw else torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise UserError(
            f"the checkpoint {path} holds more than tensors and plain values, which are not loaded for safety: start "
            "the training again in another folder."
        ) from error
    except Exception as error:  # a damaged file raises errors of any kind
        raise UserError(f"the checkpoint {path} is damaged: {_first_line(error)}.") from error
    if flaw:
        raise UserError(f"the checkpoint {path} is damaged: {flaw}.")
    if not isinstance(content, Mapping) or not all(name in content for name in NEEDED):
        raise UserError(f"{path} is not a checkpoint of a training run of electrolith.")
    return dict(content)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120].rstrip(".")


def _require_fit(content: Mapping[str, Any], state: Mapping[str, Tensor], path: Path) -> None:
    """Raises ``UserError`` if a checkpoint holds the weights of another model than ``state``, or no numbers."""
    for part in ("state_dict", "current_model_state"):
        found = content[part]
        if not isinstance(found, Mapping) or set(found) != set(state):
            raise UserError(f"the checkpoint {path} holds another model than the settings describe.")
        for name, tensor in state.items():
            if not isinstance(found[name], Tensor) or found[name].shape != tensor.shape:
                raise UserError(f"the checkpoint {path} holds a model of another size than the settings describe.")
            if not torch.isfinite(found[name]).all():
                raise UserError(f"the checkpoint {path} is damaged: {name} holds numbers that are not finite.")


def has_checkpoint(folder: Path) -> bool:
    """Whether a run in the folder has saved a checkpoint."""
    return any((folder / name).exists() for name in NAMES)


def latest_checkpoint(folder: Path, state: Mapping[str, Tensor]) -> Path | None:
    """The whole checkpoint of a folder with the most steps; None where there is none.

    ``state`` is that of the model to train. Raises ``UserError`` if there are checkpoints but none can be used; prints
    a warning if one of them cannot.
    """
    steps: dict[Path, int] = {}
    faults: list[UserError] = []
    for name in NAMES:
        path = folder / name
        if not path.exists():
            continue
        try:
            content = read_checkpoint(path)
            _require_fit(content, state, path)
            steps[path] = int(content["global_step"])
        except UserError as error:
            faults.append(error)
    if faults and not steps:
        raise faults[0]
    best = max(steps, key=lambda path: steps[path], default=None)
    for fault in faults:
        print(f"electrolith: {fault} The run goes on from {best}.", file=sys.stderr)
    return best
