"""Callbacks that report the progress of long work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

ProgressCallback: TypeAlias = Callable[[int, int], None]  # (items done, items in all)
StageCallback: TypeAlias = Callable[[str, int, int], None]  # (stage, items done, items in all)


def no_callback(done: int, of: int) -> None:
    """Does nothing: the callback of a caller that needs no reports."""
