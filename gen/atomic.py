"""Atomic file writes: a file has its full content or does not exist."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

PART = ".part"  # suffix of an unfinished file
LOCK = ".lock"  # name of the lock of a folder, suffix of the lock of a file
LONGEST_NAME = 240  # bytes of a name that leaves room for the suffix; file systems allow 255


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; it takes the name once its content is on the disk.

    On failure nothing is left. A link keeps its place: the file that it points to is replaced. A device or a pipe is
    written directly.
    """
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    if target.exists() and not target.is_file():
        yield target
        return
    part = part_of(target)
    try:
        yield part
        _synchronise(part)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """An open file that takes its name once its content is on the disk; on failure nothing is left."""
    with atomic_path(path) as part, part.open("wb") as file:
        yield file


def write_atomic(path: Path, content: bytes) -> None:
    """Writes a file atomically."""
    with atomic_file(path) as file:
        file.write(content)


def part_of(path: Path) -> Path:
    """Path of the unfinished file of ``path``."""
    name = path.name
    if len(name.encode()) > LONGEST_NAME:
        name = sha256(name.encode()).hexdigest()[:16]
    return path.with_name(f".{name}{PART}")


def remove_parts(folder: Path) -> None:
    """Deletes unfinished files of a killed run; those of locks belong to processes that wait for one."""
    for leftover in folder.glob(f".*{PART}"):
        if not leftover.name.startswith(LOCK):
            leftover.unlink(missing_ok=True)


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
