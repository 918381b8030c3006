"""Figures of several potentials side by side: names of the measures and columns of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ..gen.errors import UserError
from ..validators.relaxation.potentials import NEQUIX
from .metric import Measure
from .structure_metrics import CrystalMetrics

BY_RELAXATION = (  # columns that are known after relaxation only
    "rmsd_from_relaxation", "energy_above_hull", "converged", "relaxed_unique", "relaxed_novel", "relaxation_failure",
)  # fmt: skip


def labels_of(potentials: Sequence[str]) -> dict[str, str]:
    """Short name of each potential: that of the file of its weights, or its own. Raises ``UserError`` without any."""
    if not potentials:
        raise UserError("No potential is named. There are, e.g., chgnet and sevenn-0.")
    short = {name: Path(name).stem if name.startswith(f"{NEQUIX}:") else name for name in potentials}
    return short if len(set(short.values())) == len(short) else {name: name for name in short}


def suffixed(measures: Iterable[Measure], label: str, labels: Iterable[str]) -> list[Measure]:
    """The measures of a potential; unless it is the first of ``labels``, their keys end in its label."""
    return [m if label == next(iter(labels)) else replace(m, key=f"{m.key}_{label}") for m in measures]


def judged_rows(judged: Mapping[str, Sequence[CrystalMetrics]]) -> list[dict[str, Any]]:
    """One row per crystal: that of the first potential, then the columns of the others, which end in their label."""
    first, *others = judged.items()
    rows = [asdict(row) for row in first[1]]
    for label, found in others:
        for row, one in zip(rows, found, strict=True):
            row |= {f"{name}_{label}": getattr(one, name) for name in BY_RELAXATION}
    return rows
