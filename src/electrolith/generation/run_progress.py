"""Progress of a run: how many crystals exist, and how many candidates were rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..gen.stored_records import stored_record
from .records import Batch

IN_FILE = {"requested": "asked", "generated": "made", "exhausted": "spent"}  # names in run.yaml, which are older


@dataclass(frozen=True)
class RunProgress:
    """Counts of a run.

    symbol           meaning
    requested        number of crystals that were requested
    generated        crystals that exist
    exhausted        slots whose attempts all failed
    rejected         candidates that were rejected
    keep             whether the run stops at ``requested`` crystals that meet all targets
    internal_errors  rejected candidates with an exception in our own code
    """

    requested: int
    generated: int = 0
    exhausted: int = 0
    rejected: int = 0
    keep: bool = False
    internal_errors: int = 0

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> RunProgress:
        """The progress in the key ``outcome`` of run.yaml."""
        names = {old: name for name, old in IN_FILE.items()}
        return stored_record(cls, {names.get(key, key): value for key, value in values.items()})

    def as_mapping(self) -> dict[str, Any]:
        """The counts as ``from_mapping`` reads them; ``internal_errors`` has its own key in run.yaml."""
        return {IN_FILE.get(key, key): value for key, value in vars(self).items() if key != "internal_errors"}

    @property
    def candidates(self) -> int:
        """Candidates so far."""
        return self.generated + self.rejected

    @property
    def missing(self) -> int:
        """Requested crystals that do not exist."""
        return self.requested - self.generated

    @property
    def share(self) -> float:
        """Share of the candidates that were kept."""
        return self.generated / max(self.candidates, 1)

    def __add__(self, batch: Batch) -> RunProgress:
        return replace(
            self,
            generated=self.generated + len(batch.crystals),
            exhausted=self.exhausted + len(batch.exhausted),
            rejected=self.rejected + len(batch.rejected),
            internal_errors=self.internal_errors + sum(one.internal_error for one in batch.rejected),
        )
