"""Output folders: claimed by one run at a time, and cleared of the files of earlier runs only."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..gen.errors import ElectrolithError, UserError
from ..parallel.ordered_pool import WorkerLost
from .atomic import LOCK, PART
from .disk_faults import disk_fault
from .manifest import MANIFEST, Manifest
from .protected_inputs import refuse_folder_of_inputs
from .run_lock import run_lock

MOST_NAMED = 5  # files in a message


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
        """Names of the files that earlier runs wrote to the folder."""
        manifest = Manifest(path)
        if manifest.exists():
            return manifest.names()
        return list(self.earlier(path)) if (path / self.record).is_file() else []

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


@contextmanager
def claimed_folder(
    path: Path, kind: FolderKind, inputs: Iterable[str | Path] = (), *, resume: bool = False, overwrite: bool = False
) -> Iterator[Manifest]:
    """Holds an output folder for one run, see ``held_folder``, if ``resume`` and ``overwrite`` allow it.

    Nothing is deleted here: with ``overwrite`` the run calls ``clear`` when all else is in order. Raises ``UserError``
    for a folder that has content which the run may not touch.
    """
    if resume and overwrite:
        raise UserError("--resume continues a run, --overwrite starts it again: give one of them.")
    with held_folder(path, kind, inputs):
        require_free(path, kind, resume=resume, overwrite=overwrite)
        yield Manifest(path)


@contextmanager
def held_folder(path: Path, kind: FolderKind, inputs: Iterable[str | Path] = ()) -> Iterator[None]:
    """Holds an output folder for one run; creates it if needed, and removes it again if a mistake left it empty.

    Raises ``UserError`` for a folder that is, holds or lies inside an input, or that another run uses, and
    ``ElectrolithError`` for faults of the disk and lost workers, which says what is kept.
    """
    refuse_folder_of_inputs(path, inputs)
    fresh = not path.exists()
    try:
        _make_folder(path)
        with run_lock(path):
            yield
    except (KeyboardInterrupt, SystemExit) as stop:
        interrupt = stop.__context__ if isinstance(stop, SystemExit) else stop  # Lightning makes one of the other
        if not isinstance(interrupt, KeyboardInterrupt):
            raise
        interrupt.add_note(_kept(path, kind))
        raise interrupt from None
    except WorkerLost as error:
        raise ElectrolithError(f"{str(error).rstrip('.')}; {_kept(path, kind)}") from error
    except ElectrolithError:
        raise
    except Exception as error:
        if (fault := disk_fault(error, path)) is None:
            raise
        raise ElectrolithError(f"{fault}; {_kept(path, kind)}") from error
    finally:
        if fresh:
            with suppress(OSError):
                path.rmdir()  # fails if it holds something


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UserError(f"{path} is not a folder: give another -o.") from None


def require_free(path: Path, kind: FolderKind, *, resume: bool, overwrite: bool) -> None:
    """Raises ``UserError`` if a run may not write to the folder."""
    there = {file.name for file in path.iterdir() if not file.name.endswith(PART)} - {LOCK, MANIFEST}
    if there and not (resume or overwrite):
        raise UserError(
            f"{path} is not empty: add --resume to continue, --overwrite to start again, or give another -o."
        )
    if there and resume and kind.record not in there:
        raise UserError(f"{path} has no run to resume ({kind.record} is missing): give another -o.")
    if (overwrite or Manifest(path).exists()) and (found := kind.strangers(path, kind.ours(path))):
        raise UserError(
            f"{path} has files under names that this run needs, but no earlier run wrote them: {listed(found)}. "
            "Move them away, or give another -o."
        )


def clear(path: Path, kind: FolderKind) -> None:
    """Deletes the files of earlier runs in the folder, and nothing else; the record goes first: without it, no run."""
    names = kind.ours(path)
    manifest = Manifest(path)
    if names and not manifest.exists():
        manifest.start(names)  # a run that is stopped now still knows its files
    if kind.record in names:
        (path / kind.record).unlink(missing_ok=True)
    manifest.remove_files(names)


def listed_files(path: Path, table: str, fixed: Iterable[str]) -> list[str]:
    """Files of a run in a folder without manifest: the ``fixed`` names, and those in the column ``file`` of a table."""
    try:
        with (path / table).open(encoding="utf-8", newline="") as file:
            return [*fixed, *(name for row in csv.DictReader(file) if (name := row.get("file")))]
    except (OSError, UnicodeDecodeError, csv.Error):
        return [*fixed]


def foreign_files(path: Path, folder: str) -> list[str]:
    """Names of files in a subfolder of an output folder that no run wrote; they stay."""
    known = set(Manifest(path).names())
    return [name for name in entries_in(path, Path(folder)) if name not in known and not name.endswith(PART)]


def missing_files(path: Path) -> list[str]:
    """Names of files in the manifest that are gone, without folders of records."""
    return [name for name in Manifest(path).names() if not name.endswith("/") and not (path / name).exists()]


def existing(path: Path, *names: str) -> str:
    """Paths of those files and folders in the output folder that exist, in one line."""
    found = [path / name for name in names if (path / name).exists()]
    return "  ".join(f"{one}/" if one.is_dir() else str(one) for one in found)


def remarks_on(path: Path, folder: str) -> list[str]:
    """Sentences on files of a finished run that are gone, and on others in the subfolder that no run wrote."""
    gone, foreign = missing_files(path), foreign_files(path, folder)
    remarks = [f"Deleted since the run: {listed(gone)}; --overwrite makes them again."] if gone else []
    return remarks + ([f"Not of this run, left as found: {listed(foreign)}."] if foreign else [])


def entries_in(path: Path, folder: Path) -> list[str]:
    """Names in a subfolder, relative to ``path``; none where there is no such folder."""
    try:
        names = os.listdir(path / folder)  # noqa: PTH208  quick for 100,000 files
    except OSError:
        return []
    return sorted((folder / name).as_posix() for name in names)


def listed(names: list[str]) -> str:
    """The first of many names."""
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def append_whole(path: Path, text: str) -> None:
    """Appends whole rows to a file; if the disk is full, none."""
    before = path.stat().st_size
    try:
        with path.open("ab") as file:
            file.write(text.encode())
    except OSError:
        with suppress(OSError):
            os.truncate(path, before)
        raise


def _kept(path: Path, kind: FolderKind) -> str:
    """What a stopped run leaves, and how to go on."""
    with suppress(OSError):
        if kind.kept(path):
            return f"finished results are kept in {path}: continue with --resume."
    return "nothing was finished yet: start it again with --resume."
