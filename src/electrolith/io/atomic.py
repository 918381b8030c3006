"""Atomic file writes: a file has its full content or does not exist."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PART = ".part"  # suffix of an unfinished file


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """An open file that takes its name once its content is on the disk; on failure nothing is left."""
    part = path.with_name(f".{path.name}{PART}")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_atomic(path: Path, content: bytes) -> None:
    """Writes a file atomically."""
    with atomic_file(path) as file:
        file.write(content)
