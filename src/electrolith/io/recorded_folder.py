"""An output folder with a record of its run, a YAML file, and a manifest of the files that its runs wrote."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from ..gen.atomic import write_atomic
from ..gen.yaml_schema import yaml_text
from .folder_kind import FolderKind
from .manifest import Manifest
from .output_folder import clear
from .yaml_files import read_yaml


class RecordedFolder:
    """The record and the manifest of a folder; ``kind`` says which files its runs write."""

    kind: ClassVar[FolderKind]

    def __init__(self, path: Path) -> None:
        self.path = path
        self.record_file = path / self.kind.record
        self.manifest = Manifest(path)

    def begin(self, *, overwrite: bool) -> None:
        """Deletes the files of an earlier run if they are to be overwritten, and no others; starts the manifest."""
        if overwrite:
            clear(self.path, self.kind)
        if not self.manifest.is_marked():
            self.manifest.start([*self.kind.files, *self.kind.ours(self.path)])

    def read_record(self) -> dict[str, Any] | None:
        """Content of the record; None if the file does not exist yet."""
        return read_yaml(self.record_file) if self.record_file.exists() else None

    def write_record(self, values: Mapping[str, Any]) -> None:
        """Writes the record."""
        write_atomic(self.record_file, yaml_text(dict(values)).encode())
