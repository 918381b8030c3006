"""Output folder of a run: its files, its record and its journal."""

from __future__ import annotations

from pathlib import Path

from ..io.recorded_folder import RecordedFolder
from .journal import Journal
from .run_files import CIFS, JOURNAL, KIND


class RunFolder(RecordedFolder):
    """The files of one run.

    crystals.csv   one row per crystal              cifs/ID.cif    one file per crystal
    rejected.csv   one row per rejected candidate   run.yaml       settings, versions, hashes of the weights
    .chunks        the journal, until the run is complete
    .manifest      names of all these files: ``--overwrite`` removes no others
    """

    kind = KIND

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.cifs = path / CIFS
        self.journal = Journal(path / JOURNAL)
