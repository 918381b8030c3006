"""Output folder of a run: its files, its record and its journal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..gen.atomic import write_atomic
from ..gen.yaml_schema import yaml_text
from ..io.manifest import Manifest
from ..io.output_folder import clear
from ..io.yaml_files import read_yaml
from .journal import Journal
from .run_files import CIFS, FILES, JOURNAL, KIND, RUN


class RunFolder:
    """The files of one run.

    crystals.csv   one row per crystal              cifs/ID.cif    one file per crystal
    rejected.csv   one row per rejected candidate   run.yaml       settings, versions, hashes of the weights
    .chunks        the journal, until the run is complete
    .manifest      names of all these files: ``--overwrite`` removes no others
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cifs = path / CIFS
        self.run_file = path / RUN
        self.journal = Journal(path / JOURNAL)
        self.manifest = Manifest(path)

    def begin(self, *, overwrite: bool) -> None:
        """Deletes the files of an earlier run if they are to be overwritten, and no others; starts the manifest."""
        if overwrite:
            clear(self.path, KIND)
        if not self.manifest.exists():
            self.manifest.start([*FILES, *KIND.ours(self.path)])

    def read_run(self) -> dict[str, Any] | None:
        """Content of ``run.yaml``; None if there is no such file."""
        return read_yaml(self.run_file) if self.run_file.exists() else None

    def write_run(self, values: Mapping[str, Any]) -> None:
        """Writes ``run.yaml``."""
        write_atomic(self.run_file, yaml_text(dict(values)).encode())
