"""A run that is killed after a number of finished files, for tests of resumed runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def killed_after(finished_files: int) -> Iterator[None]:
    """Context in which a run ends with ``KeyboardInterrupt`` when it would finish one more file."""
    left = finished_files

    def replace_or_stop(part: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        os.replace(part, target)  # noqa: PTH105  Path.replace is what is replaced
        return target

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Path, "replace", replace_or_stop)
        with pytest.raises(KeyboardInterrupt):
            yield
