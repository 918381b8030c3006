"""Predictions against targets in the table of a run, and how many crystals are predicted to meet them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.text import Text

from ..conditioners.property_target import PropertyTarget
from ..gen.number_text import three_digits
from ..gen.properties import Property
from .crystal_table import CHANCE

Row = Mapping[str, str]  # of ``crystals.csv``
INTERVAL = "_interval"  # suffix of the column with the interval of a target


@dataclass(frozen=True)
class ShownTarget:
    """One property target of a run."""

    target: PropertyTarget

    @property
    def kind(self) -> Property:
        """The property, with its unit and scale."""
        return self.target.quantity

    @property
    def heading(self) -> str:
        """Heading of the column, e.g. ``shear modulus`` and, below, ``>=20 GPa``."""
        return f"{self.target.name.replace('_', ' ')}\n{self.target.words} {self.kind.unit}".strip()

    def met(self, row: Row) -> bool:
        """Whether the prediction meets the target."""
        text = row[f"{self.target.name}_predicted"]
        return bool(text) and float(text) in self.target.accepted

    def cell(self, row: Row) -> Text:
        """The prediction and its interval of one standard uncertainty; green if it meets the target."""
        text, spread = (row[f"{self.target.name}_{what}"] for what in ("predicted", "spread"))
        if not text:
            return Text("?", "dim")
        value, width = float(text), float(spread)
        ends = (value / 10**width, value * 10**width) if self.kind.log else (value - width, value + width)
        low, high = map(three_digits, ends)
        colour = "green" if self.met(row) else "red"
        return Text.assemble((three_digits(value), colour), " ", (f"({low}…{high})", "dim"))


def shown_targets(rows: Sequence[Row], targets: Sequence[PropertyTarget]) -> list[ShownTarget]:
    """The property targets that have columns in the table of a run."""
    return [ShownTarget(target) for target in targets if rows and f"{target.name}{INTERVAL}" in rows[0]]


def summary_of_targets(rows: Sequence[Row], targets: Sequence[ShownTarget]) -> str:
    """One sentence: how many crystals are predicted to meet each target, and all of them."""
    counts = [f"{shown.target.name} {sum(map(shown.met, rows)):,}" for shown in targets]
    if len(targets) > 1:
        counts.append(f"all targets {sum(all(shown.met(row) for shown in targets) for row in rows):,}")
    noun = "the targets" if len(targets) > 1 else "the target"
    return f"Predicted to meet {noun}, of {len(rows):,}: {', '.join(counts)}{_probabilities(rows)}"


def _probabilities(rows: Sequence[Row]) -> str:
    """The probabilities of meeting all targets; a run of an earlier version has none."""
    chances = (float(row[CHANCE]) for row in rows if row.get(CHANCE))
    found = [chance for chance in chances if math.isfinite(chance)]
    if not found:
        return ""
    return f"; probability of meeting all targets: median {median(found):.2f}, best {max(found):.2f}"
