"""Predictions as a CSV file or as a table on the screen."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from rich.table import Table

from ..gen.atomic import atomic_file
from ..gen.crystal import Crystal
from ..gen.number_text import three_digits
from ..gen.properties import SHIPPED, PropertySet
from ..gen.reading.read_crystals import Unreadable
from ..gen.weight_folders import folder_of
from ..io.csv_rows import cells
from ..io.plain_console import PlainConsole, shown
from ..io.progress_bar import progress_bar
from ..io.reading_notes import reading_notes
from .prediction import Predicted, predict, surrogate_of, units
from .prediction_count import PredictionCount
from .prediction_file import FIRST_COLUMNS, claimed_table

BATCH = 200  # crystals predicted at once
SHOWN = 50  # largest number of crystals in a table on the screen
ON_SCREEN = (
    "formation_energy_per_atom",
    "energy_above_hull",
    "band_gap",
    "bulk_modulus",
    "shear_modulus",
    "li_barrier",
)


def write_predictions(
    crystals: Iterable[Crystal | Unreadable],
    path: Path,
    checkpoint: str | Path = "default",
    inputs: Iterable[str | Path] = (),
) -> None:
    """Writes a CSV with id, formula, value, spread and doubt of each property, and source; it is complete or absent.

    ``inputs`` are files and folders that are read: none of them is replaced. Raises ``UserError`` where ``path`` is a
    folder, an input, or a file that is not such a table; also, after the table is written, where nothing was predicted.
    """
    unit = units(checkpoint)
    heads = [f"{name}{f'_{in_name}' if (in_name := unit_in_name(text)) else ''}" for name, text in unit.items()]
    columns = [column for head in heads for column in (head, f"{head}_spread", f"{head}_doubt")]
    with (
        claimed_table(path, (*inputs, folder_of(checkpoint))),
        atomic_file(path) as binary,
        progress_bar("predicted") as bar,
    ):
        file = TextIOWrapper(binary, encoding="utf-8", newline="")
        table = csv.writer(file)
        table.writerow([*FIRST_COLUMNS, *columns, "remarks", "source"])
        count = PredictionCount()
        task = bar.add_task("", total=None)
        for one in _predictions(crystals, checkpoint):
            values: list[object] = [one.id, one.formula, one.reason]
            for name in unit:
                value = one.values.get(name)
                values += [f"{value.value:.6g}", f"{value.spread:.3g}", value.doubt] if value else ["", "", ""]
            table.writerow(cells([*values, one.remarks, one.source]))
            count.add(one)
            bar.update(task, advance=1)
        file.flush()
        file.detach()
    console = PlainConsole()
    console.print(str(path))
    console.print(count.line("reason"))
    for note in reading_notes(count.remarked, getattr(crystals, "not_read", ())):
        console.print(note)
    count.require_any()


def unit_in_name(unit: str) -> str:
    """A unit as a part of the name of a column."""
    return unit.replace("/", "_per_").replace("³", "3").replace(" ", "_")


def print_predictions(crystals: Iterable[Crystal | Unreadable], checkpoint: str | Path = "default") -> None:
    """Prints the main and the custom properties of the first crystals, as value ± spread.

    Raises ``UserError``, after the table, where nothing was predicted.
    """
    unit = units(checkpoint)
    properties = surrogate_of(checkpoint).properties
    on_screen = (*(name for name in properties.names if name not in SHIPPED.names), *ON_SCREEN)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("", "formula", *map(_heading, on_screen, map(unit.get, on_screen)), "remark"):
        table.add_column(heading, overflow="fold")
    predictions = _predictions(crystals, checkpoint)
    count = PredictionCount()
    for one in islice(predictions, SHOWN):
        count.add(one)
        doubts = sorted({value.doubt for name, value in one.values.items() if name in on_screen and value.doubt})
        words = [_text(one, name, properties) for name in on_screen]
        remark = one.reason or "; ".join([*filter(None, [one.remarks]), *doubts])
        table.add_row(shown(one.id), shown(one.formula), *words, shown(remark, "dim"))
    console = PlainConsole()
    console.print(table)
    is_all = next(predictions, None) is None
    console.print(count.line("remark"))
    if not is_all:
        console.print(f"… only the first {SHOWN} crystals; -o FILE.csv writes all, with all properties", style="dim")
    for note in reading_notes(0, getattr(crystals, "not_read", ())):
        console.print(note)
    if is_all:
        count.require_any()


def _heading(name: str, unit: str | None) -> str:
    return f"{name.replace('_', ' ')} ({unit})" if unit else name.replace("_", " ")


def _predictions(crystals: Iterable[Crystal | Unreadable], checkpoint: str | Path) -> Iterator[Predicted]:
    left = iter(crystals)
    while part := list(islice(left, BATCH)):
        yield from predict(part, checkpoint)


def _text(one: Predicted, name: str, properties: PropertySet) -> str:
    value = one.values.get(name)
    if value is None:
        return ""
    log = name in properties.names and properties.named(name).log
    return (
        f"{three_digits(value.value)} ×/÷ {10**value.spread:.2f}" if log else f"{value.value:.2f} ± {value.spread:.2f}"
    )
