"""The folder of a fine-tuned checkpoint: its files, the record of its run, and the summary of a finished one."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..atomic import atomic_path, write_atomic
from ..custom_properties import NAME as PROPERTIES
from ..custom_properties import write_custom
from ..data.left_out import LeftOut
from ..data.property_table import PropertyTable
from ..errors import UserError
from ..properties import Property
from ..surrogate.model_card import NAME as MODEL_CARD
from ..surrogate.model_card import Known, load_card
from ..surrogate.orbit_surrogate import NAME as ORBIT_SURROGATE
from ..surrogate.structure_surrogate import FILES
from ..weight_folders import HASHES, MODELS, sha256
from ..yaml_lines import YamlLines
from ..yaml_schema import yaml_text
from .finetune_settings import FinetuneSettings
from .training_card import CARD

COMPLETE = "complete"
WORK, LEFT_OUT = ".finetune", "rows-left-out.csv"
OURS = (CARD, LEFT_OUT, PROPERTIES, MODEL_CARD, ORBIT_SURROGATE, HASHES, *MODELS)  # besides the structure surrogates


@dataclass(frozen=True)
class FinetuneResult:
    """A fine-tuned checkpoint in ``folder``.

    symbol    meaning
    custom    the new properties
    known     their rows of the model card, by name
    guess     mean absolute error if the mean is predicted for every row, by name, in the unit of the card's error
    upper     the 75 % and the 95 % quantile of the rows, by name
    used      number of rows used
    empty     number of rows without a value
    left_out  rows that could not be used, with the reason
    """

    folder: Path
    custom: tuple[Property, ...]
    known: Mapping[str, Known]
    guess: Mapping[str, float]
    upper: Mapping[str, tuple[float, float]]
    used: int
    empty: int
    left_out: tuple[LeftOut, ...]


def finetune_result(folder: Path, custom: tuple[Property, ...], rows: PropertyTable) -> FinetuneResult:
    """The summary of a finished checkpoint."""
    card = load_card(folder)
    assert card is not None, "a finished checkpoint has a model card"
    known = {p.name: card.known[p.name] for p in custom}
    guess, upper = {}, {}
    for k, p in enumerate(custom):
        values = rows.values[np.isfinite(rows.values[:, k]), k]
        scaled = p.normalise(values) * p.width
        guess[p.name] = float(np.abs(scaled - scaled.mean()).mean())
        low, high = np.quantile(values, [0.75, 0.95])
        upper[p.name] = float(low), float(high)
    return FinetuneResult(folder, custom, known, guess, upper, len(rows.data), rows.empty, rows.left_out)


def run_record(settings: FinetuneSettings, source: Path) -> dict[str, Any]:
    """Settings of a run, and hashes of the weights in ``source`` that it starts from."""
    hashes = {file.name: sha256(file) for file in sorted(source.glob("*.safetensors"))}
    return {"settings": settings.as_mapping(), "start": hashes}


def run_status(settings: FinetuneSettings, record: Mapping[str, Any], card: Path) -> str:
    """Status of the run whose card this is, empty if there is none; raises ``UserError`` if its settings differ."""
    if not card.exists():
        return ""
    earlier = YamlLines.of_mapping(card, "status: running").values
    if not isinstance(earlier.get("settings"), Mapping):
        raise UserError(f"{card} is not the record of a run: start another folder.")
    differing = settings.differences(earlier["settings"])
    if earlier.get("start") != record["start"]:
        differing.append("other weights to start from")
    if differing:
        raise UserError(f"--resume needs the run's own settings; these differ: {'; '.join(differing)}.")
    return str(earlier.get("status", ""))


def copy_checkpoint(work: Path, source: Path, out: Path, custom: Sequence[Property]) -> None:
    """Copies trained weights from ``work`` and the geometry model from ``source``; writes properties and hashes."""
    write_custom(out, custom)
    trained = [*sorted(work.glob(FILES)), *(work / name for name in (ORBIT_SURROGATE, MODEL_CARD, MODELS[0]))]
    for path in (*trained, source / MODELS[1]):
        with atomic_path(out / path.name) as part:
            shutil.copyfile(path, part)
    weights = sorted(out.glob("*.safetensors"))
    write_atomic(out / HASHES, "".join(f"{sha256(file)}  {file.name}\n" for file in weights).encode())


def clear_checkpoint(folder: Path) -> None:
    """Deletes the files of a checkpoint, and no others."""
    shutil.rmtree(folder / WORK, ignore_errors=True)
    for path in (*(folder / name for name in OURS), *folder.glob(FILES)):
        path.unlink(missing_ok=True)


def write_card(path: Path, values: Mapping[str, Any]) -> None:
    """Writes the record of a run as YAML."""
    write_atomic(path, yaml_text(dict(values)).encode())
