"""Output files: written by one process at a time, beside their place, and moved there when they are complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..gen.errors import UserError
from .disk_faults import disk_faults_reported
from .protected_inputs import refuse_file_of_inputs
from .run_lock import run_lock


@contextmanager
def claimed_file(
    path: Path, inputs: Iterable[str | Path], is_ours: Callable[[Path], bool], noun: str, option: str = "-o"
) -> Iterator[None]:
    """Holds an output file for one run; the run writes it with ``atomic_file``.

    argument  meaning
    inputs    files and folders that the run reads
    is_ours   whether a file is that of an earlier run: only such a file is replaced
    noun      what the file is, e.g. ``a table of predictions (.csv)``

    Raises ``UserError`` for a folder, an input, another's file, and a file that another run writes, and
    ``ElectrolithError`` for faults of the disk. An interrupted run leaves the file as it was.
    """
    if path.is_dir():
        raise UserError(f"{path} is a folder: give {option} {noun}.")
    refuse_file_of_inputs(path, inputs, option)
    if path.is_file() and path.stat().st_size and not is_ours(path):
        raise UserError(f"{path} exists and is not {noun} of an earlier run: give another {option}, or remove it.")
    with disk_faults_reported(path, f"nothing was written; free the disk or give another {option}"):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise UserError(f"{path.parent} is not a folder: give another {option}.") from None
        if path.exists() and not path.is_file():  # a device or a pipe
            yield
            return
        try:
            with run_lock(path):
                yield
        except KeyboardInterrupt as stop:
            stop.add_note(f"{path} was not written.")
            raise


def begins_with(path: Path, head: bytes) -> bool:
    """Whether a file begins with these bytes."""
    with path.open("rb") as file:
        return file.read(len(head)) == head
