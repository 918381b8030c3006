"""A part of an input that is read at once, so that a fault in it costs no other part."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..crystal import Crystal
from .cif_reader import Unreadable

Entry = Crystal | Unreadable


@dataclass(frozen=True)
class Part:
    """A CIF, a frame, a row: its name, and the function that reads its entries."""

    name: str
    read: Callable[[], Iterable[Entry]]
