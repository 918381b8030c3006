"""Faults of a disk: full, read-only, not permitted, failing. They are found in errors of every library that writes."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..gen.errors import ElectrolithError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
WORDS = {
    errno.ENOSPC: "is full",
    errno.EDQUOT: "has no space left for this user (quota)",
    errno.EFBIG: "allows no larger file (limit of the disk or of the process)",
    errno.EROFS: "is read-only",
    errno.EACCES: "does not permit this",
    errno.EPERM: "does not permit this",
    errno.EIO: "fails (input/output error)",
    errno.ESTALE: "is gone (stale file handle)",
    errno.ENODEV: "is gone (no such device)",
    errno.ENXIO: "is gone (no such device)",
    errno.ENOTCONN: "is not connected",
    errno.EHOSTDOWN: "does not answer",
    errno.ETIMEDOUT: "does not answer",
}
IN_RUST = re.compile(r"os error (\d+)")  # in errors of safetensors
IN_TORCH = ("PytorchStreamWriter", "file write failed", "unexpected pos", "iostream error", "basic_ios::clear")


@contextmanager
def disk_faults_reported(path: Path, hint: str = "give another -o") -> Iterator[None]:
    """Turns errors of the disk into an ``ElectrolithError`` of one line that names the path and the disk.

    ``path`` is the output, named where the error names no file. ``hint`` says what to do once the disk works again.
    """
    try:
        yield
    except ElectrolithError:
        raise
    except Exception as error:
        found = disk_fault(error, path)
        if found is None:
            raise
        raise ElectrolithError(f"{found}: {hint}.") from error


def disk_fault(error: BaseException, path: Path | None = None) -> str | None:
    """The fault of the disk behind an error, with path and disk, or None. ``path``: used if the error names none."""
    for one in _chain(error):
        number, name = _number_and_name(one)
        if number not in WORDS:
            continue
        where = Path(name) if name else path
        if where is None:
            return f"the output cannot be written: {os.strerror(number)}"
        return f"{where}: the disk {mount_of(where)} {WORDS[number]}"
    return None


def mount_of(path: Path) -> Path:
    """The place where the disk of a path is mounted."""
    found = Path(os.path.realpath(path))
    while not os.path.ismount(found) and found != found.parent:
        found = found.parent
    return found


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, then those that caused it."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _number_and_name(error: BaseException) -> tuple[int, str]:
    """Number of the system's error, 0 if there is none, and the path that it names."""
    if isinstance(error, OSError):
        name = error.filename2 or error.filename
        return error.errno or 0, os.fsdecode(name) if isinstance(name, str | bytes | os.PathLike) else ""
    text = str(error)
    if match := IN_RUST.search(text):
        return int(match[1]), ""
    return (errno.ENOSPC if isinstance(error, RuntimeError) and any(word in text for word in IN_TORCH) else 0), ""
