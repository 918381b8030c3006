"""Record of a run, ``run.yaml``: settings, versions, hashes of the weights; and the comparison before ``--resume``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..gen.custom_properties import entries_of
from ..gen.properties import SHIPPED
from ..gen.stored_records import reading_back
from ..gen.surrogate.structure_surrogate import FILES
from ..gen.weight_folders import sha256
from ..io.versions import versions_of
from ..validators.relaxation.potentials import CHGNET
from .bias_correction import BIAS_FILE
from .earlier_settings import refuse_differences, settings_differences
from .generator import Generator
from .run_progress import RunProgress
from .settings import Settings

PACKAGES = ("electrolith", "torch", "spglib", "pymatgen", "numpy")
OLD_NAMES = {"made.json": BIAS_FILE.name}  # of the files under `weights` in records of earlier versions


@cache
def versions() -> dict[str, str]:
    """Versions of the packages on which the crystals depend."""
    return versions_of(PACKAGES)


def surrogate_hashes(weights: Path) -> dict[str, str]:
    """SHA-256 of each file on which the predictions depend: the surrogates in the folder, and the bias correction."""
    return {file.name: sha256(file) for file in (*sorted(weights.glob(FILES)), BIAS_FILE)}


def weight_hashes(generator: Generator) -> dict[str, str]:
    """SHA-256 of each weight file on which a run depends; the surrogates judge tries and crystals of every run."""
    return generator.weight_hashes | surrogate_hashes(generator.surrogates)


def input_hashes(settings: Settings) -> dict[str, str]:
    """SHA-256 of the crystal whose framework a run keeps."""
    like = Path(settings.options.like)
    return {like.name: sha256(like)} if settings.options.like else {}


def new_record(settings: Settings, weights: Mapping[str, str]) -> dict[str, Any]:
    """The record of a run that starts."""
    record: dict[str, Any] = {
        "settings": settings.as_mapping(),
        "versions": versions() | (versions_of((CHGNET,)) if settings.options.relax else {}),
        "weights": dict(weights),
        "status": "running",
    }
    quantities = [target.quantity for target in settings.targets.property_targets]
    custom = [quantity for quantity in quantities if quantity.name not in SHIPPED.names]
    return record | ({"properties": entries_of(custom)} if custom else {})


def finished_record(record: Mapping[str, Any], progress: RunProgress) -> dict[str, Any]:
    """The record of a run when it is complete."""
    finished = {**record, "status": "complete", "outcome": progress.as_mapping()}
    if progress.keep:
        finished |= {"candidates": progress.candidates, "share_kept": round(progress.share, 6)}
    if progress.internal_errors:
        finished["internal_errors"] = progress.internal_errors
    return finished


def progress_of(record: Mapping[str, Any]) -> RunProgress:
    """The final progress in the record of a complete run."""
    return RunProgress.from_mapping({**record["outcome"], "internal_errors": record.get("internal_errors", 0)})


def check_same_run(settings: Settings, weights: Mapping[str, str], earlier: Mapping[str, Any], file: Path) -> None:
    """Raises ``UserError`` that names each difference between a run and the record of an earlier one in ``file``."""
    differences = settings_differences(settings, earlier, file)
    with reading_back(file):
        recorded = {OLD_NAMES.get(name, name): digest for name, digest in earlier.get("weights", {}).items()}
    if recorded != weights:
        differences.append("weights or like: other files than those of the run")
    refuse_differences(differences, file)
