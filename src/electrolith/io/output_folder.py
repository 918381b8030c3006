"""An output folder: claimed before anything is written, cleared of what is ours alone, and what a full disk means."""

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
    """Makes sure that a run may write to ``path``, and that the folder exists; deletes nothing. Raises ``UserError``.

    ``record`` is the file without which the folder holds no run to go on with.
    """
    if resume and overwrite:
        raise UserError("--resume goes on with a run, --overwrite starts it anew: give one of them.")
    try:
        path.mkdir(parents=True, exist_ok=True)
        there = [file.name for file in path.iterdir() if not file.name.endswith(PART)]
    except (FileExistsError, NotADirectoryError):
        raise UserError(f"{path} is not a folder: give another -o.") from None
    except PermissionError:
        raise UserError(f"{path} may not be written to: give another -o.") from None
    if there and not (resume or overwrite):
        raise UserError(f"{path} is not empty: add --resume to go on, --overwrite to start anew, or another -o.")
    if there and resume and record not in there:
        raise UserError(f"{path} holds no run to go on with ({record} is missing): give another -o.")


def clear(path: Path, names: Iterable[str]) -> None:
    """Deletes the files and folders of these names in ``path``, and nothing else."""
    for name in names:
        target = path / name
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)


def append_whole(path: Path, text: str) -> None:
    """Adds whole rows to a file, or, when the disk is full, none."""
    before = path.stat().st_size
    try:
        with path.open("ab") as file:
            file.write(text.encode())
    except OSError:
        os.truncate(path, before)
        raise


@contextmanager
def disk_full_said(path: Path) -> Iterator[None]:
    """Turns the errors of a full disk into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        raise ElectrolithError(
            f"the disk is full: what was finished is kept in {path}. Make room, then go on with --resume."
        ) from error
