"""From paths, or crystals in Python, to the numbered entries of a run, each with a name of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from ..gen.crystal import Crystal
from ..gen.data.cif_reader import crystal_of_structure
from ..gen.data.read_crystals import Unreadable, read_crystals
from ..gen.errors import UserError
from ..validators.verdict import Verdict


@dataclass(frozen=True, eq=False)
class Entry:
    """One of the things to be screened.

    symbol   meaning
    place    its number in the input, from 0
    id       its name, unlike all others of the run
    crystal  or None where it is none, for this ``reason``
    unique   the verdict on whether it is the first of its kind, if the recipe asks
    """

    place: int
    id: str
    crystal: Crystal | None
    reason: str = ""
    unique: Verdict | None = None

    @property
    def digest(self) -> str:
        """The same for the same numbers: a run goes on only with the crystals it was started with."""
        crystal = self.crystal
        if crystal is None:
            return sha256(f"{self.id} {self.reason}".encode()).hexdigest()[:16]
        parts = (crystal.lattice, crystal.frac_coords, crystal.atomic_numbers)
        return sha256(self.id.encode() + b"".join(part.tobytes() for part in parts)).hexdigest()[:16]


def read_paths(paths: Sequence[Path], limit: int | None = None) -> Iterator[Crystal | Unreadable]:
    """All crystals of the paths. One path that holds none is the user's mistake, of several it is an entry.

    Raises ``UserError`` at once, before the first crystal.
    """
    if limit is not None and limit < 1:
        raise UserError(f"--limit {limit}: it must be at least 1.")
    readings = [_opened(path, alone=len(paths) == 1) for path in paths]
    return islice((crystal for reading in readings for crystal in reading), limit)


def _opened(path: Path, *, alone: bool) -> Iterable[Crystal | Unreadable]:
    try:
        return read_crystals(path)
    except UserError as error:
        if alone or not path.exists():
            raise
        return [Unreadable(path.stem, str(error))]


def numbered(crystals: Iterable[Any]) -> Iterator[Entry]:
    """Entries of crystals: ours, pymatgen structures, generated ones, and what could not be read."""
    taken: set[str] = set()
    for place, given in enumerate(crystals):
        crystal = _crystal(given, f"crystal-{place + 1}")
        entry_id = _own_name(crystal.name or f"crystal-{place + 1}", taken)
        taken.add(entry_id)
        if isinstance(crystal, Unreadable):
            yield Entry(place, entry_id, None, crystal.reason)
        else:
            yield Entry(place, entry_id, crystal)


def _crystal(given: Any, name: str) -> Crystal | Unreadable:
    if isinstance(given, Crystal | Unreadable):
        return given
    if hasattr(given, "crystal"):  # a generated or a screened one
        return given.crystal if isinstance(given.crystal, Crystal) else Unreadable(name, "it holds no crystal")
    if hasattr(given, "is_ordered") and hasattr(given, "lattice"):
        return crystal_of_structure(given, name)
    raise UserError(f"{type(given).__name__} is no crystal: give Crystals, pymatgen Structures, or paths.")


def _own_name(name: str, taken: set[str]) -> str:
    """The name as a file may have it, with a number where another entry has it already."""
    safe = re.sub(r"[^\w.+()-]+", "_", name).strip("._")[:80] or "crystal"
    number, own = 1, safe
    while own in taken:
        number += 1
        own = f"{safe}-{number}"
    return own
