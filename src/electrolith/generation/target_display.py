"""What a person sees of the properties asked for: what is foreseen of each crystal, and how often as asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from ..conditioners.property_target import PropertyTarget
from ..gen.properties import Property
from .crystal_table import CHANCE

Row = Mapping[str, str]  # of ``crystals.csv``
OF_WISH = "_interval"  # how the column of a property ends that tells what was asked for


@dataclass(frozen=True)
class ShownTarget:
    """One property that a run was asked for."""

    wish: PropertyTarget

    @property
    def kind(self) -> Property:
        """Its unit and scale."""
        return self.wish.quantity

    @property
    def heading(self) -> str:
        """E.g. ``shear modulus`` and, below, ``>=20 GPa``."""
        return f"{self.wish.name.replace('_', ' ')}\n{self.wish.words} {self.kind.unit}".strip()

    def met(self, row: Row) -> bool:
        """Whether what is foreseen counts as asked."""
        text = row[f"{self.wish.name}_predicted"]
        return bool(text) and float(text) in self.wish.accepted

    def cell(self, row: Row) -> str:
        """What is foreseen, and between which values two of three crystals are; green where it is as asked."""
        text, spread = (row[f"{self.wish.name}_{what}"] for what in ("predicted", "spread"))
        if not text:
            return "[dim]?[/]"
        value, width = float(text), float(spread)
        ends = (value / 10**width, value * 10**width) if self.kind.log else (value - width, value + width)
        colour = "green" if self.met(row) else "red"
        return f"[{colour}]{value:.2g}[/] [dim]({ends[0]:.2g}…{ends[1]:.2g})[/]"


def shown_targets(rows: Sequence[Row], targets: Sequence[PropertyTarget]) -> list[ShownTarget]:
    """The property targets of a run, those that its table has columns of."""
    return [ShownTarget(target) for target in targets if rows and f"{target.name}{OF_WISH}" in rows[0]]


def foreseen(rows: Sequence[Row], targets: Sequence[ShownTarget]) -> str:
    """How many crystals the surrogates foresee to be as asked, in one sentence."""
    counts = [f"{target.wish.name} {sum(map(target.met, rows)):,}" for target in targets]
    if len(targets) > 1:
        counts.append(f"all of them {sum(all(target.met(row) for target in targets) for row in rows):,}")
    return f"Foreseen as asked by the surrogates, of {len(rows):,}: {', '.join(counts)}{_chances(rows)}"


def _chances(rows: Sequence[Row]) -> str:
    """How sure that is; a run of an earlier version did not tell."""
    chances = [float(row[CHANCE]) for row in rows if CHANCE in row]
    return f"; chance to be so in the middle {median(chances):.2f}, at best {max(chances):.2f}" if chances else ""
