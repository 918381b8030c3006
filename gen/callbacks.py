"""Who listens while a long work goes on, and hears how many of how many are done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

ProgressCallback: TypeAlias = Callable[[int, int], None]  # (done, of)


def unwatched(done: int, of: int) -> None:
    """Nobody listens."""
