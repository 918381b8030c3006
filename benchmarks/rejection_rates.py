"""Pass rates of candidates before rejected ones are replaced: the rates of the models alone."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from figures import percent

from electrolith.evaluation.metric import Measure, share

CHECKS = ("draw", "finite", "distances", "volume", "charge", "symmetry")


@dataclass(frozen=True)
class RejectionRates:
    """Rates of the candidates of a run.

    symbol    meaning
    drawn     number of candidates
    passed    share that no check rejected
    lost      check → share of candidates that it rejected; a candidate is rejected by the first check it fails
    """

    drawn: int
    passed: Measure
    lost: dict[str, float]

    @property
    def words(self) -> str:
        """The rates in one line."""
        lost = ", ".join(f"{name} {percent(rate)}" for name, rate in self.lost.items() if rate)
        passed = f"before replacement {percent(self.passed.value)} of {self.drawn} candidates pass"
        return passed + (f"; rejected by {lost}" if lost else "")

    @property
    def symmetric(self) -> float:
        """Share with the requested space group, among the candidates that reached this last check."""
        reached = 1 - sum(rate for name, rate in self.lost.items() if name != "symmetry")
        return 1 - self.lost["symmetry"] / max(reached, 1e-9)


def rejection_rates(out: Path) -> RejectionRates:
    """The rates of a run, from its ``crystals.csv`` and ``rejected.csv``."""
    accepted, rejected = _rows(out / "crystals.csv"), _rows(out / "rejected.csv")
    drawn = len(accepted) + len(rejected)
    by_check = Counter(row["check"] for row in rejected)
    return RejectionRates(
        drawn,
        share("passed", [True] * len(accepted) + [False] * len(rejected), ""),
        {name: by_check[name] / max(drawn, 1) for name in CHECKS},
    )


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
