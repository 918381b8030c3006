"""The record of a round of self-training, and the lineage of its weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..gen.atomic import write_atomic
from ..gen.errors import UserError
from ..gen.weight_folders import MODELS, sha256
from ..gen.yaml_schema import yaml_text
from ..io.folder_kind import FolderKind
from ..io.folder_listing import listed
from ..io.versions import versions_of
from ..io.yaml_files import read_yaml
from .refine_settings import RefineSettings

RECORD, LINEAGE = "refine.yaml", "lineage.yaml"
CANDIDATES, VERIFIED, TRAINING, WEIGHTS = "candidates", "verified", "training", "weights"
KIND = FolderKind(RECORD, (RECORD, CANDIDATES, VERIFIED, TRAINING, WEIGHTS))


def begin_record(settings: RefineSettings, source: Path, out: Path, resume: bool) -> None:
    """Begins the record of a round, or compares it with that of the round to resume."""
    if resume and (out / RECORD).exists():
        earlier = read_yaml(out / RECORD)
        settings.refuse_another(earlier, out / RECORD)
        if earlier.get("start") != _hashes(source):
            raise UserError(f"the weights in {source} have changed since the round in {out} began: give another -o.")
        return
    if found := KIND.strangers(out, ()):
        raise UserError(f"{out} holds a run already ({listed(found)}): continue it (--resume) or name another folder.")
    write_record(settings, source, out, {"status": "running"})


def write_lineage(settings: RefineSettings, source: Path, out: Path, outcome: Mapping[str, Any]) -> None:
    """Beside the weights: where they come from, round by round, the last one at the end."""
    before = read_yaml(source / LINEAGE).get("rounds", []) if (source / LINEAGE).exists() else []
    this = {"start": _hashes(source), "settings": settings.as_mapping(), **outcome, "end": _hashes(out / WEIGHTS)}
    write_atomic(out / WEIGHTS / LINEAGE, yaml_text({"rounds": [*before, this]}).encode())


def write_record(settings: RefineSettings, source: Path, out: Path, outcome: Mapping[str, Any]) -> None:
    """Writes the record, with the ``outcome`` so far."""
    record = {"settings": settings.as_mapping(), "start": _hashes(source), "versions": versions_of(("electrolith",))}
    write_atomic(out / RECORD, yaml_text({**record, **outcome}).encode())


def _hashes(folder: Path) -> dict[str, str]:
    return {name: sha256(folder / name) for name in MODELS}
