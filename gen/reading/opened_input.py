"""An input whose files are known, and the reading of their entries from any place on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..crystal import Crystal
from ..errors import UserError
from .archive_members import members_of
from .ase_reader import images_of
from .cif_reader import Unreadable, crystals_of_cif, first_line
from .csv_reader import rows_of_csv
from .extxyz_reader import frames_of
from .file_kinds import CONTAINERS, FORMATS, kind_of
from .folder_files import sources_of
from .json_reader import structures_of
from .parquet_reader import rows_of_parquet
from .part import Entry, Part
from .poscar_reader import poscar_of
from .source import Source, TooLarge
from .text_cleaning import clean_entry

MOST_ATOMS = 20_000  # in one crystal; no check or model of the package handles more
MEMORY = "reading it needs more memory than there is"


class Place(NamedTuple):
    """A place in an input: number of the file, number of the part in it (from 1; 0 before the first), or behind it."""

    source: int
    part: int
    is_behind: bool = False


Start = Callable[[Place, str], None]


def _cif(source: Source) -> Iterator[Part]:
    yield Part(source.name, lambda: crystals_of_cif(source.text(), source.name))


READERS: dict[str, Callable[[Source], Iterator[Part]]] = {
    "cif": _cif,
    "extxyz": frames_of,
    "poscar": poscar_of,
    "json": structures_of,
    "csv": rows_of_csv,
    "parquet": rows_of_parquet,
}


@dataclass(frozen=True)
class OpenedInput:
    """The files of an input, and the names of those that are not read.

    ``first`` holds the parts of the first file where it is the only one, since its faults are the user's mistakes.
    """

    sources: Sequence[Source]
    not_read: tuple[str, ...] = ()
    first: Iterator[Part] | None = None

    def entries(self, after: Place = Place(0, 0), start: Start = lambda _, __: None) -> Iterator[Entry]:  # noqa: B008
        """The entries behind a place; ``start`` is called with each place when it is reached."""
        for number, source in enumerate(self.sources[after.source :], start=after.source):
            start(Place(number, 0), source.name)
            parts = self.first if self.first is not None else _deferred(source)
            for count, part in enumerate(_parts_until_fault(parts, source.name), start=1):
                if (number, count) > after[:2]:
                    start(Place(number, count), part.name)
                    yield from _entries_of(part)
                    start(Place(number, count, is_behind=True), source.name)


def open_input(path: Path) -> OpenedInput:
    """The files at a path. Raises ``UserError`` if it does not exist, is empty or has another format."""
    try:
        if not path.exists():
            raise UserError(f"{path} does not exist.")
        if path.is_dir():
            return OpenedInput(*sources_of(path))
        if not path.is_file():
            raise UserError(f"{path} is neither a file nor a folder.")
        if path.stat().st_size == 0:
            raise UserError(f"{path} is empty.")
    except OSError as error:
        raise UserError(f"{str(path)[:200]} cannot be read: {error.strerror}.") from error
    kind, name = kind_of(path.name)
    if kind in CONTAINERS:
        return OpenedInput(*members_of(path, kind))
    if not kind:
        raise UserError(f"{path} has an unknown format: give {FORMATS}.")
    source = Source.of(path, kind, name)
    return OpenedInput([source], first=READERS.get(kind, images_of)(source))


def _deferred(source: Source) -> Iterator[Part]:
    """The parts of one file among several, whose faults are entries."""
    yield from READERS.get(source.kind, images_of)(source)


def _parts_until_fault(parts: Iterator[Part], name: str) -> Iterator[Part]:
    """The parts; a fault of the file between them ends them, and is the last."""
    try:
        yield from parts
    except Exception as error:  # noqa: BLE001  damaged files raise anything: zlib.error, BadZipFile, MemoryError, …
        unreadable = Unreadable(name, f"{reason_of(error)}; nothing after this place is read")
        yield Part(name, lambda: [unreadable])


def _entries_of(part: Part) -> Iterator[Entry]:
    """The entries of a part; a fault ends them, and is the last."""
    try:
        for entry in part.read():
            yield clean_entry(entry if isinstance(entry, Unreadable) else _not_too_large(entry))
    except Exception as error:  # noqa: BLE001  as above
        yield clean_entry(Unreadable(part.name, reason_of(error)))


def reason_of(error: Exception) -> str:
    """Why a file cannot be read."""
    if isinstance(error, MemoryError):
        return MEMORY
    if isinstance(error, TooLarge | UserError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return f"cannot be read: {first_line(error)}"


def _not_too_large(crystal: Crystal) -> Entry:
    if len(crystal) > MOST_ATOMS:
        return Unreadable(crystal.name, f"it has {len(crystal):,} atoms, more than {MOST_ATOMS:,}: too large to read")
    return crystal
