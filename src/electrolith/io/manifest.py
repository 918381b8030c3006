"""The manifest of an output folder: names of the files that runs of this package wrote there, and only these.

A name is added before its file is written, so that the files of a killed run are known too. ``--overwrite`` removes the
files of the manifest; all others stay. Its first line tells it from a file of another program; ``FolderKind`` decides
whether it counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ..gen.atomic import write_atomic
from .json_records import JsonRecords

MANIFEST = ".manifest"
MARK = "# files of a run of electrolith"  # how the first line begins
FIRST_LINE = f"{MARK}: --overwrite removes these and no others"


class Manifest:
    """Names of files, relative to the folder, one per line; a name that ends in ``/`` is a folder of JSON records."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / MANIFEST

    def exists(self) -> bool:
        """Whether the folder has a file of this name; a link is none, since what it points to would be replaced."""
        return self.file.is_file() and not self.file.is_symlink()

    def is_marked(self) -> bool:
        """Whether its first line is that of a manifest; the first versions wrote none."""
        if not self.exists():
            return False
        with self.file.open("rb") as file:
            return file.read(len(MARK)) == MARK.encode()

    def names(self) -> list[str]:
        """The names; a line that a kill cut short and names that lead out of the folder are left out."""
        if not self.exists():
            return []
        whole, _, _ = self.file.read_text(encoding="utf-8", errors="replace").rpartition("\n")
        return [name for name in whole.split("\n") if _is_inside(name) and not name.startswith(MARK)]

    def start(self, names: Iterable[str]) -> None:
        """Writes the manifest anew."""
        write_atomic(self.file, "".join(f"{line}\n" for line in (FIRST_LINE, *dict.fromkeys(names))).encode())

    def add(self, names: Iterable[str]) -> None:
        """Adds the names of files that are written next."""
        if text := "".join(f"{name}\n" for name in names):
            with self.file.open("ab") as file:
                file.write(text.encode())

    def remove_files(self, names: Iterable[str]) -> None:
        """Deletes the files with these names, folders left empty, and the manifest.

        Links are not followed: a file behind a link to a folder stays.
        """
        folders: set[Path] = set()
        for name in filter(_is_inside, names):
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
