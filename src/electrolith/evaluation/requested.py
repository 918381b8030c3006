"""Targets of a run of ``electrolith generate``, and the value requested of each crystal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..conditioners.interval import Interval
from ..conditioners.property_target import PropertyTarget
from ..conditioners.targets import Targets
from ..gen.custom_properties import properties_of_record
from ..gen.errors import UserError
from ..gen.stored_records import reading_back
from ..generation.crystal_table import CHANCE
from ..io.yaml_files import read_yaml
from .run_rows import crystal_rows

RUN = "run.yaml"
SPACE_GROUP = "space_group_asked"  # column of the table of a run


@dataclass(frozen=True)
class RequestedProperty:
    """A property target of a run.

    symbol     meaning
    target     the property and its interval
    values     the value requested of each crystal, by name, where the table has it
    predicted  the prediction of the surrogate for each crystal, by name, where the table has it
    """

    target: PropertyTarget
    values: Mapping[str, float] = field(default_factory=dict)
    predicted: Mapping[str, float] = field(default_factory=dict)

    @property
    def interval(self) -> Interval:
        """The interval as written."""
        return self.target.interval

    @property
    def words(self) -> str:
        """The interval in words."""
        return self.target.words

    def value_for(self, crystal: str) -> float:
        """The value requested of the crystal of this name; NaN where only an interval is known."""
        default = self.interval.low if self.interval.low == self.interval.high else math.nan
        return self.values.get(crystal, default)

    def meets(self, value: float) -> bool:
        """Whether a value meets the target; NaN does not."""
        return bool(value in self.target.accepted)


def requested_space_groups(path: Path) -> dict[str, int]:
    """The space group requested of each crystal, by name; empty where no table is in or beside ``path``."""
    rows = crystal_rows(path)
    return {name: int(row[SPACE_GROUP]) for name, row in rows.items() if (row.get(SPACE_GROUP) or "").isdigit()}


def requested_targets(path: Path) -> Targets:
    """The targets of a run, from its ``run.yaml``. Raises ``UserError`` where there is none."""
    for folder in (path, path.parent):
        if (folder / RUN).is_file():
            record = read_yaml(folder / RUN)
            settings = record.get("settings")
            if isinstance(settings, Mapping):
                with reading_back(folder / RUN, "It must be that of the run"):
                    properties = properties_of_record(record, folder / RUN)
                    return Targets.from_mapping(settings.get("targets") or {}, properties)
    raise UserError(f"{path} is not a run of `electrolith generate`: {RUN}, which holds its targets, is missing.")


def requested_properties(path: Path) -> dict[str, RequestedProperty]:
    """The property targets of a run, by name. Raises ``UserError`` without a run or without property targets."""
    targets = requested_targets(path).property_targets
    if not targets:
        raise UserError(f"{path}: the run has no property target. As a --baseline it needs none.")
    rows = crystal_rows(path)
    return {
        t.name: RequestedProperty(t, *(_of(rows, t.name, what) for what in ("asked", "predicted"))) for t in targets
    }


def predicted_probabilities(path: Path) -> dict[str, float]:
    """Predicted probability that a crystal meets all property targets, by name; empty where the table has none."""
    return _column(crystal_rows(path), CHANCE)


def _of(rows: Mapping[str, Mapping[str, str]], name: str, what: str) -> dict[str, float]:
    """The column of a property, under its new or its old name."""
    return _column(rows, f"{name}_{what}", f"{what}_{name}")


def _column(rows: Mapping[str, Mapping[str, str]], *names: str) -> dict[str, float]:
    """The finite numbers in the first of these columns that has a value, by name of the crystal."""
    values = {}
    for crystal, row in rows.items():
        text = next((row[name] for name in names if row.get(name)), "")
        try:
            value = float(text)
        except ValueError:
            continue
        if np.isfinite(value):
            values[crystal] = value
    return values
