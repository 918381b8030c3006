"""Tables and CIFs of a run, which grow batch by batch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..conditioners.property_target import PropertyTarget
from ..gen.atomic import remove_parts, write_atomic
from ..io.cif_writer import cif_text
from ..io.csv_rows import csv_text
from ..io.folder_listing import entries_in
from ..io.output_folder import append_whole
from .crystal_table import REJECTED_COLUMNS, crystal_columns, crystal_row, rejected_row
from .exports import write_extxyz, write_zip
from .records import Batch, GeneratedCrystal
from .run_files import CIFS, CRYSTALS, EXTXYZ_NAME, FILES, REJECTED, ZIP_NAME
from .run_folder import RunFolder


class Tables:
    """The tables and CIFs of a folder, which grow with each batch.

    ``header`` gives the comment lines of a crystal's CIF; ``relaxed`` and ``ranked``: as ``crystal_columns``.
    """

    def __init__(
        self,
        folder: RunFolder,
        property_targets: Sequence[PropertyTarget],
        header: Callable[[GeneratedCrystal], list[str]],
        relaxed: bool = False,
        ranked: bool = False,
    ) -> None:
        self.folder, self.property_targets, self.header = folder, property_targets, header
        self.columns = crystal_columns(property_targets, relaxed, ranked)
        self.crystals, self.rejected = folder.path / CRYSTALS, folder.path / REJECTED
        self.known = set(folder.manifest.names())
        self.there: set[str] = set()

    def restart(self, finished: int) -> int:
        """Prepares the files for ``restore``; returns the place of the first batch whose rows are missing.

        Rows are appended after the journal has their batch, with the sizes of the tables before it. So all rows before
        the last finished batch are whole; what a kill left behind them is cut off.
        """
        self.folder.cifs.mkdir(exist_ok=True)
        for folder in (self.folder.path, self.folder.cifs):
            remove_parts(folder)
        self.there = set(entries_in(self.folder.path, Path(CIFS)))
        tables = (self.crystals, self.rejected)
        sizes = self.folder.journal.table_bytes(finished - 1) if finished else []
        if sizes and all(map(_is_whole, tables, sizes)):
            for table, size in zip(tables, sizes, strict=True):
                os.truncate(table, size)
            return finished - 1
        write_atomic(self.crystals, csv_text([self.columns]).encode())
        write_atomic(self.rejected, csv_text([REJECTED_COLUMNS]).encode())
        return 0

    def restore(self, batch: Batch, rows: bool) -> None:
        """Writes what a kill kept from being written: CIFs that are missing, and with ``rows`` the rows."""
        self._add_to_manifest(batch)
        self._write_cifs(one for one in batch.crystals if self._name(one) not in self.there)
        if rows:
            self._append_rows(batch)

    def sizes(self) -> tuple[int, int]:
        """Bytes of both tables."""
        return self.crystals.stat().st_size, self.rejected.stat().st_size

    def append(self, batch: Batch) -> None:
        """Adds a batch: its CIFs first, then its rows."""
        self._add_to_manifest(batch)
        self._write_cifs(batch.crystals)
        self._append_rows(batch)

    def _write_cifs(self, crystals: Iterable[GeneratedCrystal]) -> None:
        for crystal in crystals:
            text = cif_text(crystal.orbits, crystal.id, self.header(crystal))
            write_atomic(self.cif(crystal), text.encode())

    def _append_rows(self, batch: Batch) -> None:
        append_whole(self.crystals, csv_text(crystal_row(one, self.property_targets) for one in batch.crystals))
        append_whole(self.rejected, csv_text(rejected_row(one) for one in batch.rejected))

    def finish(self) -> None:
        """Writes the archive, the extended XYZ, and the manifest in order."""
        write_extxyz(self.folder.path / EXTXYZ_NAME, self._all_crystals())
        write_zip(self.folder.path / ZIP_NAME, map(self.cif, self._all_crystals()))
        self.folder.manifest.start([*FILES, *sorted(self.known.difference(FILES))])

    def _add_to_manifest(self, batch: Batch) -> None:
        names = [name for one in batch.crystals if (name := self._name(one)) not in self.known]
        self.folder.manifest.add(names)
        self.known.update(names)

    def _all_crystals(self) -> Iterable[GeneratedCrystal]:
        return (crystal for batch in self.folder.journal for crystal in batch.crystals)

    @staticmethod
    def _name(crystal: GeneratedCrystal) -> str:
        return f"{CIFS}/{crystal.id}.cif"

    def cif(self, crystal: GeneratedCrystal) -> Path:
        """Path of a crystal's CIF."""
        return self.folder.cifs / f"{crystal.id}.cif"


def _is_whole(table: Path, size: int) -> bool:
    """Whether a table has whole rows up to this size; a computer that lost power may leave zeros."""
    try:
        with table.open("rb") as file:
            content = file.read(size)
    except OSError:
        return False
    return len(content) == size and content.endswith(b"\n") and b"\0" not in content
