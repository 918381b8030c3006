"""The output folder of a run: what lies in it, and how it grows by whole chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from ..conditioners.property_target import PropertyTarget
from ..io.atomic import PART, write_atomic
from ..io.cif_writer import cif_text
from ..io.csv_rows import csv_text
from ..io.output_folder import append_whole, claim, clear
from ..io.yaml_files import read_yaml
from .crystal_table import REJECTED_HEADER, header, rejected_row, row
from .exports import EXTXYZ_NAME, ZIP_NAME, write_extxyz, write_zip
from .journal import Journal
from .records import Batch, GeneratedCrystal

CRYSTALS, REJECTED, CIFS, RUN, JOURNAL = "crystals.csv", "rejected.csv", "cifs", "run.yaml", ".chunks"
OURS = (RUN, CRYSTALS, REJECTED, CIFS, JOURNAL, ZIP_NAME, EXTXYZ_NAME)  # run.yaml goes first: without it, no run


class RunFolder:
    """The files of one run.

    crystals.csv   a row per crystal          cifs/ID.cif    a file per crystal
    rejected.csv   a row per candidate        run.yaml       settings, versions, hashes of the weights
    .chunks        the journal, until the run is complete
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cifs = path / CIFS
        self.run_file = path / RUN
        self.journal = Journal(path / JOURNAL)

    def claim(self, *, resume: bool, overwrite: bool) -> None:
        """Makes sure that a run may write here, and that the folder exists; deletes nothing. Raises ``UserError``."""
        claim(self.path, RUN, resume=resume, overwrite=overwrite)

    def clear(self) -> None:
        """Deletes what a run has left here, and nothing else."""
        clear(self.path, OURS)

    def read_run(self) -> dict[str, Any] | None:
        """What ``run.yaml`` says, or None if there is none yet."""
        return read_yaml(self.run_file) if self.run_file.exists() else None

    def write_run(self, values: dict[str, Any]) -> None:
        """Writes ``run.yaml``."""
        text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=120)
        write_atomic(self.run_file, text.encode())


class Tables:
    """The growing part of a folder: tables and CIFs. ``comments`` says how a crystal was made, for its CIF.

    ``relaxed`` says whether the crystals of the run are.
    """

    def __init__(
        self,
        folder: RunFolder,
        wishes: Sequence[PropertyTarget],
        comments: Callable[[GeneratedCrystal], list[str]],
        relaxed: bool = False,
    ) -> None:
        self.folder, self.wishes, self.comments, self.relaxed = folder, wishes, comments, relaxed
        self.crystals, self.rejected = folder.path / CRYSTALS, folder.path / REJECTED

    def restart(self, chunks: Iterable[Batch]) -> None:
        """Writes everything anew from finished chunks; half-written ends of a killed run vanish."""
        self.folder.cifs.mkdir(exist_ok=True)
        for leftover in [*self.folder.path.glob(f".*{PART}"), *self.folder.cifs.glob(f".*{PART}")]:
            leftover.unlink()
        write_atomic(self.crystals, csv_text([header(self.wishes, self.relaxed)]).encode())
        write_atomic(self.rejected, csv_text([REJECTED_HEADER]).encode())
        for chunk in chunks:
            self.append(chunk)

    def append(self, chunk: Batch) -> None:
        """Adds a chunk: its CIFs first, then its rows."""
        for made in chunk.made:
            text = cif_text(made.orbits, made.id, self.comments(made))
            write_atomic(self.cif(made), text.encode())
        append_whole(self.crystals, csv_text(row(made, self.wishes) for made in chunk.made))
        append_whole(self.rejected, csv_text(rejected_row(rejected) for rejected in chunk.rejected))

    def finish(self) -> None:
        """Writes the archive and the extended XYZ."""
        crystals = (made for chunk in self.folder.journal for made in chunk.made)
        write_extxyz(self.folder.path / EXTXYZ_NAME, crystals)
        crystals = (made for chunk in self.folder.journal for made in chunk.made)
        write_zip(self.folder.path / ZIP_NAME, map(self.cif, crystals))

    def cif(self, made: GeneratedCrystal) -> Path:
        """Where a crystal's CIF lies."""
        return self.folder.cifs / f"{made.id}.cif"
