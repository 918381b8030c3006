"""Processes that have read and wait for the next reading."""

from __future__ import annotations

import atexit

from .reader_process import ReaderProcess

_idle: list[ReaderProcess] = []  # at most one, for the next reading


def take_reader() -> ReaderProcess:
    """The idle reader, or a new one."""
    while _idle:
        reader = _idle.pop()
        if reader.is_alive():
            return reader
        reader.end()
    return ReaderProcess()


def give_back(reader: ReaderProcess) -> None:
    """Keeps a reader for the next reading."""
    if _idle:
        reader.end()
    else:
        _idle.append(reader)


def idle_readers() -> tuple[ReaderProcess, ...]:
    """The readers that wait for the next reading."""
    return tuple(_idle)


@atexit.register
def _end_idle() -> None:
    while _idle:
        _idle.pop().end()
