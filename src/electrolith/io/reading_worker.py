"""The process that reads the files for ``limited_reading``, and ends where a file takes too long or too much memory.

It counts its own computing time, which a busy computer does not spend faster. Linux refuses memory beyond the limit, so
that most readers raise ``MemoryError``; elsewhere a thread looks at the memory in use. A library that holds Python's
lock stops this thread: then a timer of the system ends the process.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from ..gen.errors import UserError
from ..gen.reading.cif_reader import Unreadable, crystals_of_cif
from ..gen.reading.opened_input import Place, open_input
from ..parallel.process_watch import end_with_parent

TOO_LONG, TOO_MUCH = 81, 82  # exit codes
LOOKS = 0.25  # s between looks at time and memory
GRIP = 8.0  # s of computing without a look, after which the system ends the process
START = Place(0, 0)
SMALLEST = """data_Po
_cell_length_a 3.35
_cell_length_b 3.35
_cell_length_c 3.35
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Po 0 0 0
"""


@dataclass(frozen=True)
class Limits:
    """What reading one entry may take: computing time in s, and memory in bytes."""

    seconds: float = 20.0
    memory: float = 1.5e9


class Position(NamedTuple):
    """A place in one of several inputs; ``place`` is None while the input is opened."""

    path: int
    place: Place | None


@dataclass(frozen=True)
class Request:
    """The paths to read from a folder, the position behind which to start, and the limits of an entry."""

    folder: str
    paths: Sequence[Path]
    after: Position
    limits: Limits


def serve(descriptor: int, parent: int, at_once: bool) -> None:
    """Answers requests from the other end of a connection until it is closed.

    message                    meaning
    ("start", position, name)  it is read next
    ("opened", path, names)    the input is open; names of files in it that are not read
    ("refused", error)         the only input is the user's mistake
    ("entry", entry)           a crystal, or an unreadable entry
    ("fault", reason)          the reader itself failed
    ("done",)                  all is read
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends its readers
    end_with_parent(parent, at_once)
    list(crystals_of_cif(SMALLEST, "warm-up"))  # imports libraries, which counts for no entry
    guard = _Guard()
    with Connection(descriptor) as connection:
        while True:
            try:
                request = connection.recv()
            except EOFError:
                return
            try:
                _answer(request, connection, guard)
            except (BrokenPipeError, ConnectionResetError):
                return
            except Exception as error:  # noqa: BLE001  the parent goes on behind this entry with another reader
                connection.send(("fault", f"the reader failed: {type(error).__name__}: {str(error)[:200]}"))
                return
            guard.rest()


def _answer(request: Request, connection: Connection, guard: _Guard) -> None:
    os.chdir(request.folder)  # of the other process, which may have changed it
    guard.limit(request.limits)

    def start(number: int, place: Place | None, name: str) -> None:
        guard.begin()
        connection.send(("start", Position(number, place), name))

    for number, path in enumerate(request.paths):
        if number < request.after.path:
            continue
        start(number, None, path.stem)
        try:
            opened = open_input(path)
        except UserError as error:
            if len(request.paths) == 1:
                connection.send(("refused", error))
                return
            connection.send(("entry", Unreadable(path.stem, str(error))))
            continue
        connection.send(("opened", number, opened.not_read))
        after = request.after.place if number == request.after.path else None
        for entry in opened.entries(after or START, partial(start, number)):
            connection.send(("entry", entry))
            guard.begin()
    connection.send(("done",))


class _Guard:
    """A thread that ends the process where an entry takes too long or too much memory."""

    def __init__(self) -> None:
        self.limits = Limits()
        self.begun = time.process_time()
        self.is_busy = False
        threading.Thread(target=self._look, daemon=True).start()

    def limit(self, limits: Limits) -> None:
        """Sets the limits of the entries that follow."""
        self.limits, self.is_busy = limits, True
        self.begin()
        if sys.platform == "linux":
            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            resource.setrlimit(resource.RLIMIT_DATA, (int(_data_in_use() + limits.memory), hard))

    def begin(self) -> None:
        """The next entry begins."""
        self.begun = time.process_time()

    def rest(self) -> None:
        """All is read."""
        self.is_busy = False

    def _look(self) -> None:
        while True:
            signal.setitimer(signal.ITIMER_PROF, GRIP)
            time.sleep(min(LOOKS, self.limits.seconds / 4))
            if self.is_busy and time.process_time() - self.begun > self.limits.seconds:
                os._exit(TOO_LONG)
            if sys.platform == "darwin" and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > self.limits.memory:
                os._exit(TOO_MUCH)


def _data_in_use() -> int:
    """Bytes of private memory of this process, which ``RLIMIT_DATA`` limits."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmData")), 500_000_000)
