"""Output folders: claimed by one run at a time, and cleared of the files of earlier runs only."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..gen.atomic import LOCK, PART
from ..gen.errors import ElectrolithError, UserError
from ..parallel.forked_worker import WorkerLost
from .disk_faults import disk_fault
from .folder_kind import FolderKind
from .folder_listing import listed
from .manifest import MANIFEST, Manifest
from .protected_inputs import refuse_folder_of_inputs
from .run_lock import run_lock


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


def require_claimable(
    path: Path, kind: FolderKind, inputs: Iterable[str | Path] = (), *, resume: bool = False, overwrite: bool = False
) -> None:
    """Raises at once what ``claimed_folder`` would raise for an existing folder, before a run loads what it needs."""
    if path.exists():
        with claimed_folder(path, kind, inputs, resume=resume, overwrite=overwrite):
            pass


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
    foreign = [MANIFEST] if kind.has_foreign_manifest(path) else []
    there = {file.name for file in path.iterdir() if not file.name.endswith(PART)} - {LOCK, MANIFEST} | {*foreign}
    if there and not (resume or overwrite):
        raise UserError(
            f"{path} is not empty: add --resume to continue, --overwrite to start again, or give another -o."
        )
    if there and resume and kind.record not in there:
        raise UserError(f"{path} has no run to resume ({kind.record} is missing): give another -o.")
    if overwrite or foreign or Manifest(path).exists():
        foreign += kind.strangers(path, kind.ours(path))
    if foreign:
        raise UserError(
            f"{path} has files under names that this run needs, but no earlier run wrote them: {listed(foreign)}. "
            "Move them away, or give another -o."
        )


def clear(path: Path, kind: FolderKind) -> None:
    """Deletes the files of earlier runs in the folder, and nothing else; the record goes first: without it, no run."""
    names = kind.ours(path)
    manifest = Manifest(path)
    if names and not manifest.is_marked():
        manifest.start(names)  # a run that is stopped now still knows its files
    if kind.record in names:
        (path / kind.record).unlink(missing_ok=True)
    manifest.remove_files(names)


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
