"""The request for models, and its numbered inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ..gen.crystal import Crystal
from ..gen.reading.part import Entry
from .model_folder import Made, file_name

MakeModels = Callable[["Item"], Made]


@dataclass(frozen=True, eq=False)
class Item:
    """One input: number from 0, unique name, and the crystal or the reason why it is none."""

    place: int
    id: str
    entry: Entry

    @property
    def digest(self) -> str:
        """A hash of name and content: a run resumes only with the same inputs."""
        one, parts = self.entry, [self.id.encode()]
        if isinstance(one, Crystal):
            parts += [one.atomic_numbers.tobytes(), one.lattice.tobytes(), one.frac_coords.tobytes()]
        elif one.disordered is not None:
            mixed = one.disordered
            parts += [repr(mixed.shares).encode(), mixed.lattice.tobytes(), mixed.frac_coords.tobytes()]
        else:
            parts.append(one.reason.encode())
        return sha256(b"".join(parts)).hexdigest()[:16]


@dataclass(frozen=True)
class ModelRequest:
    """A run: a command with its options on the first ``limit`` crystals in the paths; the columns of its table."""

    command: str
    paths: tuple[str, ...]
    options: Mapping[str, Any]
    columns: tuple[str, ...]
    limit: int | None = None

    def as_mapping(self) -> dict[str, Any]:
        """The request as ``models.yaml`` stores it."""
        return {"command": self.command, "input": list(self.paths), "limit": self.limit, "options": dict(self.options)}


def numbered_items(entries: Iterator[Entry]) -> Iterator[Item]:
    """The inputs with unique names."""
    taken: dict[str, int] = {}
    for place, entry in enumerate(entries):
        yield Item(place, file_name(entry.name or f"crystal-{place + 1}", taken), entry)
