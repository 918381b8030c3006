"""Result of an evaluation: measures, tolerances, and a row per crystal; as JSON and as a table."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from ..gen.atomic import write_atomic
from ..io.json_values import json_values
from ..io.plain_console import PlainConsole, shown
from .family_shares import FamilyShare, table_of_families
from .metric import Measure

MOST_SHOWN = 8  # classes of a distribution in the table; the JSON has all


@dataclass(frozen=True)
class Evaluation:
    """Measures of a set of crystals and what they depend on.

    symbol         meaning
    path           file or folder of the crystals
    reference      name and size of the reference set, the true structures or the baseline
    tolerances     every number that a verdict depends on, by name
    measures       the figures
    distributions  e.g. space group → number of crystals
    unreadable     name → reason of each entry that is not a crystal; they count in ``frac_readable`` only
    crystals       one row per crystal
    notes          on the reading: crystals with remarks, files that were not read
    not_read       names of the files in a folder or an archive that were not read
    judge          the oracles and their errors, in words; empty where none was used
    families       shares of the families of compounds; empty where they were not counted
    """

    path: str
    reference: str
    tolerances: Mapping[str, float | str]
    measures: tuple[Measure, ...]
    distributions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    crystals: Sequence[Mapping[str, Any]] = ()
    judge: str = ""
    notes: Sequence[str] = ()
    not_read: Sequence[str] = ()
    families: Sequence[FamilyShare] = ()

    def __getitem__(self, key: str) -> Measure:
        """The measure with this key; raises ``KeyError``."""
        return {m.key: m for m in self.measures}[key]

    def save(self, path: str | Path) -> None:
        """Writes JSON; the file is complete or absent."""
        text = json.dumps(self._as_json(), indent=1, ensure_ascii=False, allow_nan=False)
        write_atomic(Path(path), f"{text}\n".encode())

    def _as_json(self) -> Any:
        from importlib.metadata import version

        values = asdict(self)
        values["metrics"] = {m.pop("key"): m for m in values.pop("measures")}
        return {"electrolith": version("electrolith")} | json_values(values)

    def show(self) -> None:
        """Prints the measures, and the families where they were counted."""
        PlainConsole().print(self.table())
        if self.families:
            PlainConsole().print(table_of_families(self.families))

    def table(self) -> Table:
        """The measures as a table for the terminal."""
        title = shown(f"{self.path}, against {self.reference}", "table.title")
        table = Table(title=title, title_justify="left", caption_justify="left")
        for heading in ("measure", "value", "95 % interval", "n", "meaning"):
            table.add_column(
                heading, justify="right" if heading in ("value", "n") else "left", no_wrap=heading == "measure"
            )
        for m in self.measures:
            table.add_row(
                m.key, _shown(m.value, m.unit), f"{_shown(m.low)} – {_shown(m.high)}", str(m.n), shown(m.meaning)
            )
        lines = [f"{name}: {_most_common(counts)}" for name, counts in self.distributions.items()]
        if self.judge:
            lines.append(f"oracle: {self.judge}")
        if self.unreadable:
            name, reason = next(iter(self.unreadable.items()))
            lines.append(f"{len(self.unreadable)} entries are not crystals, e.g. {name}: {reason}")
        lines += self.notes
        table.caption = Text("\n", "table.caption").join(shown(line, "table.caption") for line in lines)
        return table


def _shown(value: float, unit: str = "") -> str:
    return "–" if math.isnan(value) else f"{value:.3f} {unit}".strip()


def _most_common(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    more = f", {len(ordered) - MOST_SHOWN} more" if len(ordered) > MOST_SHOWN else ""
    return ", ".join(f"{name} {count}" for name, count in ordered[:MOST_SHOWN]) + more
