"""Requests of ``electrolith finetune``: allowed names of custom properties; torch is not needed to find a mistake."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..conditioners import HARD_CONSTRAINTS
from ..conditioners.aliases import ALIASES
from ..gen.custom_properties import read_entries
from ..gen.data.property_columns import require_columns
from ..gen.errors import UserError
from ..gen.properties import SHIPPED
from ..gen.training.property_scale import PropertyRequest
from ..gen.training.training_card import CARD
from ..gen.weight_folders import folder_of
from ..io.folder_kind import FolderKind
from ..io.output_folder import require_claimable
from .elastic_constants import ELASTIC

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


def refuse_faulty_request(
    requests: Sequence[PropertyRequest], data: Path, checkpoint: str, out: Path, resume: bool, overwrite: bool
) -> None:
    """Raises ``UserError`` for a table, a checkpoint or a folder that cannot be used, as far as a look can tell."""
    require_columns(data, [request.name for request in requests])
    inputs = [data, folder_of(checkpoint)]
    require_claimable(out, FolderKind(CARD, ()), inputs, resume=resume, overwrite=overwrite)
