"""An input whose files are known, and the reading of their entries from any place on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..errors import UserError
from ..plain_text import plain
from .archive_members import members_of
from .ase_reader import images_of
from .cif_reader import crystals_of_cif
from .csv_reader import rows_of_csv
from .extxyz_reader import frames_of
from .faults import entries_of, parts_until_fault, reason_of, until_hopeless
from .file_kinds import CONTAINERS, kind_of
from .folder_files import sources_of
from .json_reader import structures_of
from .parquet_reader import rows_of_parquet
from .part import Entry, Part
from .path_faults import refuse_faulty_path
from .poscar_reader import poscar_of
from .source import Source


class Place(NamedTuple):
    """A place in an input: number of the file, number of the part in it (from 1; 0 before the first), or behind it."""

    source: int
    part: int
    is_behind: bool = False


Start = Callable[[Place, str, str], None]
UNITS = {"csv": "row", "parquet": "row", "extxyz": "frame"}  # parts of a file by its format; others have one part


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

    def entries(self, after: Place = Place(0, 0), start: Start = lambda *_: None) -> Iterator[Entry]:  # noqa: B008
        """The entries behind a place; ``start`` is called with each place, its name and its label when it is reached.

        The label is the ``source`` of the entries: the path of the file, then the number of the row or frame.
        """
        for number, source in enumerate(self.sources[after.source :], start=after.source):
            yield from until_hopeless(self._entries_of_file(number, source, after, start))

    def _entries_of_file(self, number: int, source: Source, after: Place, start: Start) -> Iterator[Entry]:
        label, unit = plain(source.label), UNITS.get(source.kind)
        start(Place(number, 0), source.name, label)
        parts = self.first if self.first is not None else _deferred(source)
        for count, part in enumerate(parts_until_fault(parts, source.name), start=1):
            if (number, count) > after[:2]:
                place = f"{label}, {unit} {count}" if unit else label
                start(Place(number, count), part.name, place)
                yield from entries_of(part, place)
                start(Place(number, count, is_behind=True), source.name, label)


def open_input(path: Path) -> OpenedInput:
    """The files at a path. Raises ``UserError`` if it does not exist, is empty or has another format."""
    refuse_faulty_path(path)
    try:
        if path.is_dir():
            return OpenedInput(*sources_of(path))
    except OSError as error:
        raise UserError(f"{str(path)[:200]} cannot be read: {error.strerror}.") from error
    kind, name = kind_of(path.name)
    if kind in CONTAINERS:
        return OpenedInput(*members_of(path, kind))
    source = Source.of(path, kind, name)
    try:
        return OpenedInput([source], first=READERS.get(kind, images_of)(source))
    except UserError:
        raise
    except Exception as error:  # damaged files raise anything
        raise UserError(f"{path}: {reason_of(error)}.") from error


def _deferred(source: Source) -> Iterator[Part]:
    """The parts of one file among several, whose faults are entries."""
    yield from READERS.get(source.kind, images_of)(source)
