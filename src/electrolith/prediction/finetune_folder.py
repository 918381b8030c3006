"""The folder of a fine-tuning: held by one process, with no files but those of this run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..gen.callbacks import StageCallback
from ..gen.errors import UserError
from ..gen.surrogate.structure_surrogate import FILES, folder_in_use
from ..gen.training.finetune import LABELS, finetune
from ..gen.training.finetune_checkpoint import OURS, WORK, FinetuneResult
from ..gen.training.finetune_settings import FinetuneSettings
from ..gen.training.property_scale import PropertyRequest
from ..gen.training.training_card import CARD
from ..gen.weight_folders import HASHES, folder_of
from ..io.folder_kind import FolderKind
from ..io.limited_reading import read_within_limits
from ..io.output_folder import claimed_folder
from ..io.yaml_files import read_yaml
from .finetune_requests import property_requests


def files_of_earlier_version(folder: Path) -> list[str]:
    """Files of a checkpoint that an earlier version fine-tuned; none for another card, such as that of ``train``."""
    if {"settings", "start"} <= set(read_yaml(folder / CARD)):
        return [*NAMES, *(file.name for file in folder.glob(FILES))]
    return []


def has_results(folder: Path) -> bool:
    """Whether a stage of a run is finished."""
    return (folder / WORK / LABELS).exists() or (folder / HASHES).exists()


NAMES = (*OURS, f"{WORK}/")
KIND = FolderKind(CARD, NAMES, FILES.replace(".", r"\.").replace("*", "[^/]*"), files_of_earlier_version, has_results)


def finetune_to_folder(
    settings: FinetuneSettings, out: Path, *, resume: bool = False, overwrite: bool = False,
    inputs: Sequence[Path] = (), watch: StageCallback = lambda *_: None,
) -> FinetuneResult:  # fmt: skip
    """Fine-tunes into the folder ``out``; ``watch`` is called with the stage and its progress.

    ``inputs`` are files besides table and checkpoint that must not lie in the folder. Raises ``UserError`` for a folder
    in use, a table without enough rows, or settings that differ from those of the run to resume, and
    ``ElectrolithError`` for faults of the disk; finished stages stay.
    """
    source = folder_of(settings.checkpoint)
    if out.exists() and out.resolve() == source.resolve():
        raise UserError(f"{out} holds the weights to start from: give another -o.")
    files = (Path(settings.data), source, *inputs)
    with claimed_folder(out, KIND, files, resume=resume, overwrite=overwrite) as manifest:
        known = manifest.exists()
        if not manifest.is_marked():
            surrogates = [file.name for file in folder_in_use(source).glob(FILES)]
            manifest.start([*NAMES, *sorted(surrogates), *KIND.ours(out)])
        try:
            return finetune(settings, out, watch, overwrite, read_within_limits)
        except UserError:
            if not known:
                manifest.file.unlink(missing_ok=True)  # the mistake was found before anything was written
            raise


__all__ = ["FinetuneResult", "FinetuneSettings", "PropertyRequest", "finetune_to_folder", "property_requests"]
