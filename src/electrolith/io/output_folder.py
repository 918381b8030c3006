"""Output folders: claimed before anything is written, cleared of our own files only; errors of a full disk."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..gen.errors import ElectrolithError, UserError
from .atomic import PART

DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def claim(path: Path, record: str, *, resume: bool, overwrite: bool) -> None:
    """Creates the folder if needed and checks that a run may write to it; deletes nothing. Raises ``UserError``.

    ``record`` is the file that a folder must have for ``resume``.
    """
    if resume and overwrite:
        raise UserError("--resume continues a run, --overwrite starts it again: give one of them.")
    try:
        path.mkdir(parents=True, exist_ok=True)
        there = [file.name for file in path.iterdir() if not file.name.endswith(PART)]
    except (FileExistsError, NotADirectoryError):
        raise UserError(f"{path} is not a folder: give another -o.") from None
    except PermissionError:
        raise UserError(f"{path} is not writable: give another -o.") from None
    if there and not (resume or overwrite):
        raise UserError(
            f"{path} is not empty: add --resume to continue, --overwrite to start again, or give another -o."
        )
    if there and resume and record not in there:
        raise UserError(f"{path} has no run to resume ({record} is missing): give another -o.")


def clear(path: Path, names: Iterable[str]) -> None:
    """Deletes the files and folders with these names in ``path``, and nothing else."""
    for name in names:
        target = path / name
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)


def append_whole(path: Path, text: str) -> None:
    """Appends whole rows to a file; if the disk is full, none."""
    before = path.stat().st_size
    try:
        with path.open("ab") as file:
            file.write(text.encode())
    except OSError:
        os.truncate(path, before)
        raise


@contextmanager
def full_disk_reported(path: Path) -> Iterator[None]:
    """Turns errors of a full disk into an ``ElectrolithError`` that says how to continue."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        raise ElectrolithError(
            f"the disk is full: finished results are kept in {path}. Free some space, then continue with --resume."
        ) from error
