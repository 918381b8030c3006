"""Requests of ``electrolith finetune``: allowed names of custom properties, and the folder of the checkpoint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..conditioners import HARD_CONSTRAINTS
from ..conditioners.aliases import ALIASES
from ..gen.callbacks import StageCallback
from ..gen.custom_properties import read_entries
from ..gen.errors import UserError
from ..gen.properties import SHIPPED
from ..gen.training.finetune import finetune
from ..gen.training.finetune_checkpoint import CARD, FinetuneResult
from ..gen.training.finetune_settings import FinetuneSettings
from ..gen.training.property_scale import PropertyRequest
from ..gen.weight_files import folder_of
from ..io.output_folder import claim, full_disk_reported
from .prediction import ELASTIC

COLUMNS = {"cif", "id", "formula", "reason"}  # of tables
TAKEN = {*SHIPPED.names, *ALIASES, *ELASTIC, *HARD_CONSTRAINTS, *COLUMNS, "z", "all", "properties"}


def property_requests(
    names: Sequence[str], unit: Sequence[str] = (), log: bool | None = None, file: Path | None = None
) -> tuple[PropertyRequest, ...]:
    """Requests for properties: those named, else those in ``file``, whose entries decide units and scales.

    ``unit`` holds the units of ``names``, in their order. Raises ``UserError`` for a name that cannot be used.
    """
    entries = {entry["name"]: PropertyRequest(**entry) for entry in (read_entries(file) if file is not None else ())}
    chosen = list(dict.fromkeys(names)) or list(entries)
    if not chosen:
        raise UserError("say which column to learn: --property NAME, or --properties FILE.yaml.")
    if len(unit) > len(chosen):
        raise UserError(f"{len(unit)} units for {len(chosen)} properties: give each --property one --unit at most.")
    requests = []
    for k, name in enumerate(chosen):
        if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            raise UserError(
                f"{name!r} cannot be the name of a property: use letters, digits and _, and begin with a letter; "
                "rename the column."
            )
        if name in TAKEN:
            raise UserError(
                f"{name!r} is the name of another target or prediction: rename the column, e.g. to my_{name}."
            )
        one = entries.get(name, PropertyRequest(name))
        one = replace(one, unit=unit[k]) if k < len(unit) else one
        requests.append(one if log is None else replace(one, log=log))
    return tuple(requests)


def finetune_to_folder(
    settings: FinetuneSettings, out: Path, *, resume: bool = False, overwrite: bool = False,
    watch: StageCallback = lambda *_: None,
) -> FinetuneResult:  # fmt: skip
    """Fine-tunes into the folder ``out``; ``watch`` is called with the stage and its progress.

    Raises ``UserError`` for a folder in use, a table without enough rows, or settings that differ from those of the
    run to resume, and ``ElectrolithError`` when the disk is full; finished stages stay.
    """
    with full_disk_reported(out):
        if out.resolve() == folder_of(settings.checkpoint).resolve():
            raise UserError(f"{out} holds the weights to start from: give another -o.")
        fresh = not out.exists()
        claim(out, CARD, resume=resume, overwrite=overwrite)
        try:
            return finetune(settings, out, watch, overwrite)
        except UserError:
            if fresh and not any(out.iterdir()):
                out.rmdir()  # the mistake was found before anything was written
            raise


__all__ = ["FinetuneResult", "FinetuneSettings", "PropertyRequest", "finetune_to_folder", "property_requests"]
