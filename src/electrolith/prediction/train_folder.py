"""The folder of a training: held by one process, with no files but those of this run under the names that it writes."""

from __future__ import annotations

from pathlib import Path

from ..gen.errors import UserError
from ..gen.training.checkpoint_files import NAMES, has_checkpoint
from ..gen.training.model_settings import load_settings
from ..gen.training.train import MODULES, train_config
from ..gen.training.training_card import CARD
from ..io.folder_kind import FolderKind
from ..io.folder_listing import listed
from ..io.output_folder import held_folder

FILES = (CARD, *NAMES, "losses/", *(f"{model}.safetensors" for model in MODULES))
KIND = FolderKind(NAMES[0], FILES, kept=has_checkpoint)


def train_to_folder(config: Path, out: Path, *, resume: bool = False, device: str = "auto") -> Path:
    """Trains the model of a settings file into the folder ``out``, see ``train_config``; returns the weight file.

    Raises ``UserError`` for a folder that holds a run or weights unless it is resumed, that another run uses, or that
    holds the settings, the data or the weights to start from; ``ElectrolithError`` for faults of the disk.
    """
    with held_folder(out, KIND, _inputs(config)):
        if not resume and (found := KIND.strangers(out, ())):
            raise UserError(
                f"{out} holds a run already ({listed(found)}): continue it (--resume) or name another folder."
            )
        return train_config(config, out, resume, device)


def _inputs(config: Path) -> list[Path]:
    """The settings file, and the files that it names."""
    if not config.is_file():  # the name of a file in the package, or a mistake that is reported later
        return []
    settings = load_settings(config)
    return [config, *(Path(name) for name in (settings.data, settings.start) if name)]
