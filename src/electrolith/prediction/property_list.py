"""The list of properties that can be targets."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from ase.data import chemical_symbols
from rich.table import Table
from scipy.stats import spearmanr

from ..gen.number_text import three_digits
from ..gen.surrogate.model_card import Known
from ..io.json_values import json_values
from ..io.plain_console import PlainConsole
from ..validators.transport.conductor_model import default_model
from .prediction import surrogate_of


def print_properties(as_json: bool, checkpoint: str | Path = "default") -> None:
    """Prints name, unit, range, labels and error of every property that can be a target with a checkpoint."""
    surrogate = surrogate_of(checkpoint)
    card, properties = surrogate.card, surrogate.properties
    known = dict(card.known) if card else {}
    known["ionic_conductivity"] = _conductivity(known.get("ionic_conductivity"))
    if as_json:
        listed = [{"name": p.name, "unit": p.unit, "log": p.log} | _as_mapping(known.get(p.name)) for p in properties]
        print(json.dumps(json_values(listed), indent=1, ensure_ascii=False, allow_nan=False))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("property", "unit", "range in training", "labels", "error, held out", "rank corr.", "rows"):
        table.add_column(heading)
    for p in properties:
        row = known.get(p.name)
        if row is None:
            table.add_row(p.name, p.unit, "", "none; the value is computed")
            continue
        labels = ", ".join(f"{n:,} {kind}" for kind, n in row.labels.items())
        error = "" if row.error is None else f"{row.error:.3g} {'decades' if p.log else p.unit}"
        rank = "" if row.rank is None else f"{row.rank:.2f}"
        extent = f"{three_digits(row.low)} … {three_digits(row.high)}"
        table.add_row(p.name, p.unit, extent, labels, error, rank, f"{row.rows:,}")
    PlainConsole().print(table)


def _conductivity(on_card: Known | None) -> Known:
    """Figures of the conductivity estimate: range of the measured values, error for families that are left out."""
    model = default_model()
    values, estimates = model.rows.values, model.left_out + model.offset
    low, high = (10.0**x for x in np.quantile(values, [0.01, 0.99]))
    error, rank, n = (
        float(np.abs(estimates - values).mean()),
        float(spearmanr(estimates, values).statistic),
        len(values),
    )
    elements = tuple(chemical_symbols[z] for z in np.flatnonzero(model.rows.shares.any(0)))
    labels = {"measured": n} | (dict(on_card.labels) if on_card else {})
    return Known(labels, low, high, error, rank, n, 1.0, model.scale, 4.0, elements)


def _as_mapping(row: Known | None) -> dict[str, object]:
    return asdict(row) if row is not None else {}
