"""What one kind of run writes to its folder, and which files there are not its own."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from .folder_listing import entries_in
from .manifest import MANIFEST, Manifest


def nothing_known(_: Path) -> list[str]:
    """No files: a kind of folder that had a manifest from the beginning."""
    return []


@dataclass(frozen=True)
class FolderKind:
    r"""What one kind of run writes to its folder.

    symbol   meaning
    record   file that a folder must have for ``--resume``
    files    names at the top of the folder; one that ends in ``/`` is a folder of JSON records
    many     pattern of the names of the other files, relative to the folder, e.g. ``cifs/gen_\d+\.cif``
    earlier  names of the files of a run in a folder without manifest, as the first versions left it
    kept     whether a stopped run left finished results in the folder
    """

    record: str
    files: tuple[str, ...]
    many: str = ""
    earlier: Callable[[Path], Iterable[str]] = nothing_known
    kept: Callable[[Path], bool] = lambda _: False

    def ours(self, path: Path) -> list[str]:
        """Names of the files that earlier runs wrote to the folder: only such as a run of this kind can write."""
        if self.trusts_manifest(path):
            names = Manifest(path).names()
        else:
            names = list(self.earlier(path)) if (path / self.record).is_file() else []
        return [name for name in names if name in self.files or re.fullmatch(self.many, name)]

    def trusts_manifest(self, path: Path) -> bool:
        """Whether the manifest is of a run: it says so or, of the first versions, it lies beside a record."""
        manifest = Manifest(path)
        return manifest.is_marked() or (manifest.exists() and (path / self.record).is_file())

    def has_foreign_manifest(self, path: Path) -> bool:
        """Whether something else has the name of the manifest."""
        return os.path.lexists(path / MANIFEST) and not self.trusts_manifest(path)

    def strangers(self, path: Path, ours: Iterable[str]) -> list[str]:
        """Names in the folder that a run may write to but that no earlier run wrote."""
        known = set(ours)
        names = [name for name in self.files if self._is_taken(path / name, name, name in known)]
        if not self.many:
            return names
        folder = Path(self.many).parent
        if (path / folder).is_symlink():
            return [*names, f"{folder} (a link)"]
        names += [name for name in entries_in(path, folder) if name not in known and re.fullmatch(self.many, name)]
        return names

    @staticmethod
    def _is_taken(path: Path, name: str, known: bool) -> bool:
        """Whether a name is that of another's file, or of a folder where a file belongs."""
        return os.path.lexists(path) and (not known or (path.is_dir() and not name.endswith("/")))
