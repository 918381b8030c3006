"""The manifest of an output folder: names of the files that runs of this package wrote there, and only these.

A name is added before its file is written, so that the files of a killed run are known too. ``--overwrite`` removes the
files of the manifest; all others stay.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ..gen.atomic import write_atomic
from .json_records import JsonRecords

MANIFEST = ".manifest"


class Manifest:
    """Names of files, relative to the folder, one per line; a name that ends in ``/`` is a folder of JSON records."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / MANIFEST

    def exists(self) -> bool:
        """Whether the folder has a manifest."""
        return self.file.is_file()

    def names(self) -> list[str]:
        """The names; a line that a kill cut short and names that lead out of the folder are left out."""
        if not self.exists():
            return []
        whole, _, _ = self.file.read_text(encoding="utf-8", errors="replace").rpartition("\n")
        return [name for name in whole.split("\n") if _is_inside(name)]

    def start(self, names: Iterable[str]) -> None:
        """Writes the manifest anew."""
        write_atomic(self.file, "".join(f"{name}\n" for name in dict.fromkeys(names)).encode())

    def add(self, names: Iterable[str]) -> None:
        """Adds the names of files that are written next."""
        if text := "".join(f"{name}\n" for name in names):
            with self.file.open("ab") as file:
                file.write(text.encode())

    def remove_files(self, names: Iterable[str] | None = None) -> None:
        """Deletes the files with these names (those of the manifest), folders left empty, and the manifest.

        Links are not followed: a file behind a link to a folder stays.
        """
        found = self.names() if names is None else [name for name in names if _is_inside(name)]
        folders: set[Path] = set()
        for name in found:
            path = self.folder / name
            if _behind_a_link(self.folder, path.parent):
                continue
            if name.endswith("/") and not path.is_symlink():
                JsonRecords(path).remove()
            elif path.is_symlink() or path.is_file():
                path.unlink(missing_ok=True)
                folders.add(path.parent)
        for folder in sorted(folders - {self.folder}, reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
        self.file.unlink(missing_ok=True)


def _is_inside(name: str) -> bool:
    """Whether a name is the name of a file below the folder."""
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and os.path.splitdrive(name)[0] == ""


def _behind_a_link(folder: Path, parent: Path) -> bool:
    between = [one for one in (parent, *parent.parents) if one != folder and folder in one.parents]
    return any(one.is_symlink() for one in between)
