"""How many entries were predicted, for the summary of a table of predictions."""

from __future__ import annotations

from ..gen.errors import UserError
from .prediction import Predicted


class PredictionCount:
    """Counts of entries.

    symbol     meaning
    entries    all
    predicted  those with predictions
    remarked   those with remarks of the reader
    failure    the first one without predictions
    """

    def __init__(self) -> None:
        self.entries = self.predicted = self.remarked = 0
        self.failure: Predicted | None = None

    def add(self, one: Predicted) -> None:
        """Counts an entry."""
        self.entries += 1
        self.predicted += not one.reason
        self.remarked += bool(one.remarks)
        if one.reason and self.failure is None:
            self.failure = one

    def line(self, column: str) -> str:
        """The counts as a line; ``column`` holds the reasons."""
        missing = self.entries - self.predicted
        without = f"; {missing:,} {'has' if missing == 1 else 'have'} no prediction: see column {column}"
        return f"{self.predicted:,} of {self.entries:,} entries predicted{without if missing else ''}"

    def require_any(self) -> None:
        """Raises ``UserError`` where no entry was predicted."""
        if self.failure is not None and not self.predicted:
            why = f"{self.failure.id}: {self.failure.reason.rstrip('.')}."
            if self.entries == 1:
                raise UserError(f"the only entry cannot be predicted. {why}")
            raise UserError(f"none of the {self.entries:,} entries can be predicted, e.g. {why}")
        if not self.entries:
            raise UserError("there is no entry to predict: the input is empty.")
