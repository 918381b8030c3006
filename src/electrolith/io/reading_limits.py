"""Limits of time and memory that a process sets itself while it reads.

It counts its own computing time; the process that waits for it counts the time on the clock. Linux refuses memory
beyond the limit, so that most readers raise ``MemoryError``; elsewhere a thread looks at the memory in use. A library
that holds Python's lock stops this thread: then a timer of the system ends the process.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

TOO_LONG, TOO_MUCH = 81, 82  # exit codes
LOOKS = 0.25  # s between looks at time and memory
GRIP = 8.0  # s of computing without a look, after which the system ends the process


@dataclass(frozen=True)
class Limits:
    """What reading one entry may take.

    symbol   meaning                                                                        unit
    seconds  computing time                                                                 s
    memory   memory                                                                         bytes
    waiting  time without a new entry for which the other process waits; a computer may be busy  s
    """

    seconds: float = 20.0
    memory: float = 1.5e9
    waiting: float = 25.0


class Guard:
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
