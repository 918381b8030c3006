"""What a run of ``electrolith generate`` asked for: its targets, and what it asked of each crystal."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..conditioners.interval import Interval
from ..conditioners.property_target import PropertyTarget
from ..conditioners.targets import Targets
from ..gen.errors import UserError
from ..generation.crystal_table import CHANCE
from ..generation.settings_loader import know_own
from ..io.yaml_files import read_yaml

TABLE, RUN = "crystals.csv", "run.yaml"
ID, SPACE_GROUP = "id", "space_group_asked"  # columns of that table


@dataclass(frozen=True)
class Asked:
    """What one property was asked for.

    symbol     meaning
    wish       the property and its interval
    draws      the number that each crystal was asked for, by name, where the table tells
    predicted  what the surrogate expected of each crystal, by name, where the table tells
    """

    wish: PropertyTarget
    draws: Mapping[str, float] = field(default_factory=dict)
    predicted: Mapping[str, float] = field(default_factory=dict)

    @property
    def interval(self) -> Interval:
        """As written."""
        return self.wish.interval

    @property
    def words(self) -> str:
        """For a person."""
        return self.wish.words

    def of(self, name: str) -> float:
        """The number that a crystal was asked for; NaN where only an interval is known."""
        bare = self.interval.low if self.interval.low == self.interval.high else math.nan
        return self.draws.get(name, bare)

    def meets(self, value: float) -> bool:
        """Whether a value counts as found; one that is not known does not."""
        return bool(value in self.wish.accepted)


def groups_asked(path: Path) -> dict[str, int]:
    """Space group asked for of each crystal by name; empty where no such table lies in, or beside, ``path``."""
    rows = _rows(path)
    return {name: int(row[SPACE_GROUP]) for name, row in rows.items() if (row.get(SPACE_GROUP) or "").isdigit()}


def targets_asked(path: Path) -> Targets:
    """The targets of a run by its ``run.yaml``. Raises ``UserError`` where there is none."""
    for folder in (path, path.parent):
        if (folder / RUN).is_file():
            record = read_yaml(folder / RUN)
            settings = record.get("settings")
            if isinstance(settings, Mapping):
                know_own(record, folder / RUN)
                return Targets.from_mapping(settings.get("targets") or {})
    raise UserError(f"{path} is no run of `electrolith generate`: {RUN} is missing, which tells what was asked for.")


def properties_asked(path: Path) -> dict[str, Asked]:
    """The properties that a run asked for, by name. Raises ``UserError`` where there is no run, or none was asked."""
    wanted = [c for c in targets_asked(path).conditions if isinstance(c, PropertyTarget)]
    if not wanted:
        raise UserError(f"{path}: the run asked for no property; as a --baseline it needs none.")
    rows = _rows(path)
    return {c.name: Asked(c, _of(rows, c.name, "asked"), _of(rows, c.name, "predicted")) for c in wanted}


def chances_asked(path: Path) -> dict[str, float]:
    """Chance of each crystal by name to have all properties asked for, as it was foreseen; empty where none is told."""
    return _column(_rows(path), CHANCE)


def _rows(path: Path) -> dict[str, dict[str, str]]:
    """The table of a run that lies in, or beside, ``path``, by the names of its crystals."""
    for folder in (path, path.parent):
        table = folder / TABLE
        if folder.is_dir() and table.is_file():
            with table.open(encoding="utf-8", newline="") as stream:
                return {row[ID]: row for row in csv.DictReader(stream) if row.get(ID)}
    return {}


def _of(rows: Mapping[str, Mapping[str, str]], name: str, what: str) -> dict[str, float]:
    """The column of a property, under either of its names."""
    return _column(rows, f"{name}_{what}", f"{what}_{name}")


def _column(rows: Mapping[str, Mapping[str, str]], *names: str) -> dict[str, float]:
    """A column of numbers, under the first of its names that tells; what is no number is left out."""
    found = {}
    for crystal, row in rows.items():
        text = next((row[name] for name in names if row.get(name)), "")
        try:
            value = float(text)
        except ValueError:
            continue
        if np.isfinite(value):
            found[crystal] = value
    return found
