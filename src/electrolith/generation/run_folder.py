"""Output folder of a run: its files, and how they grow batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..conditioners.property_target import PropertyTarget
from ..gen.yaml_schema import yaml_text
from ..io.atomic import PART, write_atomic
from ..io.cif_writer import cif_text
from ..io.csv_rows import csv_text
from ..io.output_folder import append_whole, claim, clear
from ..io.yaml_files import read_yaml
from .crystal_table import REJECTED_COLUMNS, crystal_columns, crystal_row, rejected_row
from .exports import EXTXYZ_NAME, ZIP_NAME, write_extxyz, write_zip
from .journal import Journal
from .records import Batch, GeneratedCrystal

CRYSTALS, REJECTED, CIFS, RUN, JOURNAL = "crystals.csv", "rejected.csv", "cifs", "run.yaml", ".chunks"
OURS = (RUN, CRYSTALS, REJECTED, CIFS, JOURNAL, ZIP_NAME, EXTXYZ_NAME)  # run.yaml first: without it there is no run


class RunFolder:
    """The files of one run.

    crystals.csv   one row per crystal              cifs/ID.cif    one file per crystal
    rejected.csv   one row per rejected candidate   run.yaml       settings, versions, hashes of the weights
    .chunks        the journal, until the run is complete
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cifs = path / CIFS
        self.run_file = path / RUN
        self.journal = Journal(path / JOURNAL)

    def claim(self, *, resume: bool, overwrite: bool) -> None:
        """Creates the folder if it is missing, and raises ``UserError`` if the run may not write there."""
        claim(self.path, RUN, resume=resume, overwrite=overwrite)

    def clear(self) -> None:
        """Deletes the files of a run, and no others."""
        clear(self.path, OURS)

    def read_run(self) -> dict[str, Any] | None:
        """Content of ``run.yaml``; None if there is no such file."""
        return read_yaml(self.run_file) if self.run_file.exists() else None

    def write_run(self, values: Mapping[str, Any]) -> None:
        """Writes ``run.yaml``."""
        write_atomic(self.run_file, yaml_text(dict(values)).encode())


class Tables:
    """The tables and CIFs of a folder, which grow with each batch.

    ``header`` gives the comment lines of a crystal's CIF; ``relaxed`` says whether the run relaxes crystals.
    """

    def __init__(
        self,
        folder: RunFolder,
        property_targets: Sequence[PropertyTarget],
        header: Callable[[GeneratedCrystal], list[str]],
        relaxed: bool = False,
    ) -> None:
        self.folder, self.property_targets, self.header, self.relaxed = folder, property_targets, header, relaxed
        self.crystals, self.rejected = folder.path / CRYSTALS, folder.path / REJECTED

    def restart(self, batches: Iterable[Batch]) -> None:
        """Writes all files again from finished batches, which removes incomplete rows and files of a killed run."""
        self.folder.cifs.mkdir(exist_ok=True)
        for leftover in [*self.folder.path.glob(f".*{PART}"), *self.folder.cifs.glob(f".*{PART}")]:
            leftover.unlink()
        write_atomic(self.crystals, csv_text([crystal_columns(self.property_targets, self.relaxed)]).encode())
        write_atomic(self.rejected, csv_text([REJECTED_COLUMNS]).encode())
        for batch in batches:
            self.append(batch)

    def append(self, batch: Batch) -> None:
        """Adds a batch: its CIFs first, then its rows."""
        for crystal in batch.crystals:
            text = cif_text(crystal.orbits, crystal.id, self.header(crystal))
            write_atomic(self.cif(crystal), text.encode())
        append_whole(self.crystals, csv_text(crystal_row(one, self.property_targets) for one in batch.crystals))
        append_whole(self.rejected, csv_text(rejected_row(one) for one in batch.rejected))

    def finish(self) -> None:
        """Writes the archive and the extended XYZ."""
        write_extxyz(self.folder.path / EXTXYZ_NAME, self._all_crystals())
        write_zip(self.folder.path / ZIP_NAME, map(self.cif, self._all_crystals()))

    def _all_crystals(self) -> Iterable[GeneratedCrystal]:
        return (crystal for batch in self.folder.journal for crystal in batch.crystals)

    def cif(self, crystal: GeneratedCrystal) -> Path:
        """Path of a crystal's CIF."""
        return self.folder.cifs / f"{crystal.id}.cif"
