"""Predictions as a CSV or a table, and the table of what can be predicted."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from ase.data import chemical_symbols
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..gen.crystal import Crystal
from ..gen.data.read_crystals import Unreadable
from ..gen.errors import UserError
from ..gen.properties import SHIPPED, PropertySet
from ..gen.surrogate.model_card import Known
from ..io.progress_bar import progress_bar
from ..validators.transport.conductor_model import default_model
from .prediction import Predicted, predict, surrogate_of, units

BATCH = 200
SHOWN = 50  # crystals in a table on the screen
ON_SCREEN = (
    "formation_energy_per_atom",
    "energy_above_hull",
    "band_gap",
    "bulk_modulus",
    "shear_modulus",
    "li_barrier",
)
WIDTH = 120  # where nobody watches


def write_predictions(crystals: Iterable[Crystal | Unreadable], path: Path, checkpoint: str | Path = "default") -> None:
    """A row per crystal: id, formula, then value, spread and doubt of each property; rows appear as they are found."""
    if path.is_dir():
        raise UserError(f"{path} is a folder: give -o a file, such as predictions.csv.")
    path.parent.mkdir(parents=True, exist_ok=True)
    unit = units(checkpoint)
    heads = [f"{name}{f'_{in_name}' if (in_name := unit_in_name(text)) else ''}" for name, text in unit.items()]
    columns = [column for head in heads for column in (head, f"{head}_spread", f"{head}_doubt")]
    with path.open("w", encoding="utf-8", newline="") as file, progress_bar("predicted") as bar:
        table = csv.writer(file)
        table.writerow(["id", "formula", "reason", *columns])
        task = bar.add_task("", total=None)
        for one in _predicted(crystals, checkpoint):
            cells: list[object] = [one.id, one.formula, one.reason]
            for name in unit:
                value = one.values.get(name)
                cells += [f"{value.value:.6g}", f"{value.spread:.3g}", value.doubt] if value else ["", "", ""]
            table.writerow(cells)
            bar.update(task, advance=1)
    Console().print(str(path), highlight=False)


def unit_in_name(unit: str) -> str:
    """A unit as a column's name can have it."""
    return unit.replace("/", "_per_").replace("³", "3").replace(" ", "_")


def print_predictions(crystals: Iterable[Crystal | Unreadable], checkpoint: str | Path = "default") -> None:
    """The most asked-for properties of the first crystals, and one's own, value ± spread."""
    unit = units(checkpoint)
    properties = surrogate_of(checkpoint).properties
    on_screen = (*(name for name in properties.names if name not in SHIPPED.names), *ON_SCREEN)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("", "formula", *map(_heading, on_screen, map(unit.get, on_screen)), "remark"):
        table.add_column(heading, overflow="fold")
    found = _predicted(crystals, checkpoint)
    for one in islice(found, SHOWN):
        doubts = sorted({value.doubt for name, value in one.values.items() if name in on_screen and value.doubt})
        words = [_words(one, name, properties) for name in on_screen]
        table.add_row(Text(one.id), Text(one.formula), *words, Text(one.reason or "; ".join(doubts), "dim"))
    console = _console()
    console.print(table)
    if next(found, None) is not None:
        console.print(f"… the first {SHOWN}; with -o FILE.csv all, with all properties", style="dim")


def print_properties(as_json: bool, checkpoint: str | Path = "default") -> None:
    """Name, unit, labels, range and error of everything that a checkpoint can be asked for."""
    surrogate = surrogate_of(checkpoint)
    card, properties = surrogate.card, surrogate.properties
    known = dict(card.known) if card else {}
    known["ionic_conductivity"] = _conductivity(known.get("ionic_conductivity"))
    if as_json:
        listed = [{"name": p.name, "unit": p.unit, "log": p.log} | _as_mapping(known.get(p.name)) for p in properties]
        print(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("property", "unit", "range in training", "labels", "error, held out", "rank corr.", "rows"):
        table.add_column(heading)
    for p in properties:
        row = known.get(p.name)
        if row is None:
            table.add_row(p.name, p.unit, "", "none: it is computed")
            continue
        labels = ", ".join(f"{n:,} {kind}" for kind, n in row.labels.items())
        error = "" if row.error is None else f"{row.error:.3g} {'decades' if p.log else p.unit}"
        rank = "" if row.rank is None else f"{row.rank:.2f}"
        table.add_row(p.name, p.unit, f"{row.low:.3g} … {row.high:.3g}", labels, error, rank, f"{row.rows:,}")
    _console().print(table)


def _conductivity(on_card: Known | None) -> Known:
    """Of the conductivity estimate; its error is that for families of materials left out, its range that measured."""
    import numpy as np
    from scipy.stats import spearmanr

    model = default_model()
    values, found = model.rows.values, model.left_out + model.offset
    low, high = (10.0**x for x in np.quantile(values, [0.01, 0.99]))
    error, rank, n = float(np.abs(found - values).mean()), float(spearmanr(found, values).statistic), len(values)
    elements = tuple(chemical_symbols[z] for z in np.flatnonzero(model.rows.shares.any(0)))
    labels = {"measured": n} | (dict(on_card.labels) if on_card else {})
    return Known(labels, low, high, error, rank, n, 1.0, model.scale, 4.0, elements)


def _as_mapping(row: Known | None) -> dict[str, object]:
    return asdict(row) if row is not None else {}


def _heading(name: str, unit: str | None) -> str:
    return f"{name.replace('_', ' ')} ({unit})" if unit else name.replace("_", " ")


def _predicted(crystals: Iterable[Crystal | Unreadable], checkpoint: str | Path) -> Iterator[Predicted]:
    left = iter(crystals)
    while part := list(islice(left, BATCH)):
        yield from predict(part, checkpoint)


def _words(one: Predicted, name: str, properties: PropertySet) -> str:
    value = one.values.get(name)
    if value is None:
        return ""
    log = name in properties.names and properties.named(name).log
    return f"{value.value:.3g} ×/÷ {10**value.spread:.2f}" if log else f"{value.value:.2f} ± {value.spread:.2f}"


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH)
