"""The process that reads files, seen from the process that uses the crystals."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from multiprocessing import Pipe
from typing import Any

from ..gen.reading.faults import MEMORY
from ..parallel.process_watch import Watch, in_main_thread
from .reading_limits import GRIP, TOO_LONG, TOO_MUCH, Limits
from .reading_request import Request

PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from electrolith.io.reading_worker import serve; serve(*map(int, sys.argv[2:5]))"
)
PATIENCE = 60.0  # s without computing, or for which it is stopped, after which a reader hangs
LONGEST = 600.0  # s without an entry, though it computes; while it starts; afterwards the limits of the reading hold
LOOKS = 1.0  # s between looks at a silent reader


# Python finalizes what an abandoned cycle holds in any order: a connection could close its descriptor before the
# generator that ends its reader does so once more, perhaps to another file by then. What is held here is in no cycle.
_running: set[ReaderProcess] = set()


class ReaderProcess:
    """A process that reads, and the connection to it."""

    def __init__(self) -> None:
        self.connection, far_end = Pipe()
        self.owner, self.fault = os.getpid(), ""
        arguments = [str(far_end.fileno()), str(os.getpid()), str(int(in_main_thread()))]
        single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self.process = subprocess.Popen(  # noqa: S603  this Python, and nothing of the user
            [sys.executable, "-W", "ignore", "-c", PROGRAM, json.dumps(sys.path), *arguments],
            pass_fds=[far_end.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | single,
        )
        far_end.close()
        self.poller = select.poll()  # of the connection; its own method takes longer than reading a message
        self.poller.register(self.connection.fileno(), select.POLLIN)
        self.watch = Watch(self.process.pid, PATIENCE, LONGEST, PATIENCE)
        self.longest, self.has_begun = LONGEST, False
        _running.add(self)

    def send(self, request: Request) -> None:
        """Begins a reading."""
        self.longest = request.limits.waiting
        with suppress(BrokenPipeError, ConnectionResetError):  # it has died; ``receive`` will notice
            self.connection.send(request)

    def receive(self) -> Any:
        """The next message; None when the process is gone, or hangs and is ended."""
        if not self.poller.poll(1000 * LOOKS):
            self.watch.begin()
            while not self.poller.poll(1000 * LOOKS):
                fault = self.watch.look(LOOKS)
                if self.has_begun and self.watch.waited >= self.longest:
                    fault = f"reading it takes longer than {self.longest:g} s"
                if fault:
                    self.fault = fault
                    self.end()
                    return None
        try:
            message = self.connection.recv()
        except (EOFError, OSError):
            return None
        self.has_begun = True  # its start, in which it imports libraries, has no limit of its own
        if message[0] == "fault":
            self.fault = message[1]
            return None
        return message

    @property
    def was_killed(self) -> bool:
        """Whether another program has killed the process."""
        return not self.fault and self.process.wait() == -signal.SIGKILL

    def reason(self, limits: Limits) -> str:
        """Why the process is gone."""
        if self.fault:
            return self.fault
        code = self.process.wait()
        if code in (TOO_LONG, -signal.SIGPROF):
            return f"reading it takes longer than {limits.seconds if code == TOO_LONG else GRIP:g} s of computing"
        if code == TOO_MUCH:
            return MEMORY
        how = f"died by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"the process that read it {how}" + (", perhaps for lack of memory" if code == -signal.SIGKILL else "")

    def is_alive(self) -> bool:
        """Whether it is this process's own, and runs."""
        return self.owner == os.getpid() and self.process.poll() is None

    def end(self) -> None:
        """Ends the process."""
        if self.owner == os.getpid():
            self.connection.close()
            self.process.kill()
            self.process.wait()
            _running.discard(self)
