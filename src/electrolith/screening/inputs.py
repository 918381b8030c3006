"""Numbered entries of a run, each with a unique name, from paths or from crystals in Python."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from ..gen.crystal import Crystal
from ..gen.disordered_crystal import DisorderedCrystal
from ..gen.errors import UserError
from ..gen.reading.cif_reader import crystal_of_structure
from ..gen.reading.read_crystals import Reading, Unreadable
from ..io.limited_reading import read_within_limits
from ..validators.verdict import Verdict

ORDERINGS = 5  # ordered models of a disordered crystal


@dataclass(frozen=True, eq=False)
class Entry:
    """One input of a screening.

    symbol      meaning
    place       number in the input, from 0
    id          name, unique within the run
    crystal     the crystal; None if it could not be read, or is disordered
    reason      why it could not be read
    unique      verdict of the check ``unique``, if it is in the recipe
    skipped     checks that are not run again, and why: step → reason
    source      the file that it was read from, and its place in it
    disordered  the crystal where it has partial occupancies
    orderings   ordered models that stand for a disordered crystal
    """

    place: int
    id: str
    crystal: Crystal | None
    reason: str = ""
    unique: Verdict | None = None
    skipped: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    disordered: DisorderedCrystal | None = None
    orderings: int = ORDERINGS

    @property
    def digest(self) -> str:
        """A hash of name and coordinates: a run resumes only with the same crystals."""
        crystal = self.crystal
        if crystal is None:
            mixed = self.disordered
            places = b"" if mixed is None else mixed.lattice.tobytes() + mixed.frac_coords.tobytes()
            return sha256(f"{self.id} {self.reason}".encode() + places).hexdigest()[:16]
        parts = (crystal.lattice, crystal.frac_coords, crystal.atomic_numbers)
        return sha256(self.id.encode() + b"".join(part.tobytes() for part in parts)).hexdigest()[:16]


def read_paths(paths: Sequence[Path], limit: int | None = None) -> Reading:
    """All crystals in the paths. A single path without crystals is an error; one of several becomes an entry.

    Raises ``UserError`` at once, before the first crystal.
    """
    if limit is not None and limit < 1:
        raise UserError(f"--limit {limit}: it must be at least 1.")
    reading = read_within_limits(paths)
    return Reading(islice(reading, limit), reading.not_read)


def numbered_entries(crystals: Iterable[Any], orderings: int = ORDERINGS) -> Iterator[Entry]:
    """Entries of Crystals, pymatgen structures, generated crystals and unreadable input.

    ``orderings`` ordered models stand for each disordered crystal.
    """
    taken: dict[str, int] = {}
    for place, given in enumerate(crystals):
        crystal = _crystal(given, f"crystal-{place + 1}")
        entry_id = _unique_name(crystal.name or f"crystal-{place + 1}", taken)
        if isinstance(crystal, Unreadable):
            mixed = None if crystal.disordered is None else replace(crystal.disordered, name=entry_id)
            source = crystal.source
            yield Entry(place, entry_id, None, crystal.reason, source=source, disordered=mixed, orderings=orderings)
        else:
            yield Entry(place, entry_id, crystal, source=crystal.source)


def _crystal(given: Any, name: str) -> Crystal | Unreadable:
    if isinstance(given, Crystal | Unreadable):
        return given
    if hasattr(given, "crystal"):  # a generated crystal or a screening result
        return given.crystal if isinstance(given.crystal, Crystal) else Unreadable(name, "it holds no crystal")
    if hasattr(given, "is_ordered") and hasattr(given, "lattice"):
        return crystal_of_structure(given, name)
    raise UserError(f"{type(given).__name__} is not a crystal: give Crystals, pymatgen Structures, or paths.")


def _unique_name(name: str, taken: dict[str, int]) -> str:
    """The name as a valid file name, with a number if an earlier entry has the same (``taken``: name → last number)."""
    safe = re.sub(r"[^\w.+()-]+", "_", name).strip("._")[:80] or "crystal"
    number, unique = taken.get(safe, 1), safe
    while unique in taken:
        number += 1
        unique = f"{safe}-{number}"
    taken[safe] = number
    taken.setdefault(unique, 1)
    return unique
