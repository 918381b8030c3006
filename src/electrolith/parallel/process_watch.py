"""Processes seen from outside: whether one hangs, and the end of a process with its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

STOPPED = frozenset("Tt")  # states of a process that a signal or a debugger has stopped
PR_SET_PDEATHSIG = 1  # of prctl(2)
ALIVE = 0.01  # share of a core that a process uses at least while it computes


class Watch:
    """Tells whether a process hangs: it is stopped, or computes nothing for long.

    symbol    meaning                                                                            unit
    patience  time without a result and without computing after which a process hangs            s
    longest   time without a result after which it hangs although it computes                    s
    stopped   time for which it may be stopped: a run as a whole may be, with Ctrl-Z, and go on  s

    Time counts only while ``look`` is called: a run that was stopped as a whole, or a computer that slept, loses none.
    """

    def __init__(self, pid: int, patience: float, longest: float, stopped: float) -> None:
        self.pid, self.patience, self.longest, self.stopped = pid, patience, longest, stopped
        self.begin()

    def begin(self) -> None:
        """A new job begins."""
        self.waited = self.idle = self.still = 0.0
        self.computed = _cpu_seconds(self.pid)

    def look(self, seconds: float) -> str:
        """The fault after ``seconds`` more without a result, in words; empty if there is none."""
        self.waited += seconds
        computed = _cpu_seconds(self.pid)
        busy = computed is None or self.computed is None or computed - self.computed > ALIVE * seconds
        self.idle = 0.0 if busy else self.idle + seconds
        self.computed = computed
        self.still = self.still + seconds if _state(self.pid) in STOPPED else 0.0
        if self.still >= self.stopped:
            return f"process {self.pid} is stopped (by a signal or a debugger)"
        if self.idle >= self.patience:
            return f"process {self.pid} has computed nothing for {self.idle:.0f} s"
        if self.waited >= self.longest:
            return f"process {self.pid} has given no result for {self.waited:.0f} s"
        return ""


def end_with_parent(parent: int, at_once: bool) -> None:
    """Lets this process end when the process ``parent`` does, even during a long computation.

    With ``at_once`` Linux kills it, for which the main thread of the parent must have started it. In any case a thread
    looks every second, but it waits for libraries that hold Python's lock.
    """
    if at_once and sys.platform == "linux":
        with suppress(OSError, AttributeError):  # a C library without prctl
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_end_when_orphaned, args=(parent,), daemon=True).start()


def in_main_thread() -> bool:
    """Whether this is the main thread: Linux ends a process with the thread that started it."""
    return threading.current_thread() is threading.main_thread()


def _end_when_orphaned(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _stat(pid: int) -> list[str]:
    """Words of /proc/PID/stat from the state on; empty where the system does not tell."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _state(pid: int) -> str:
    return (_stat(pid) or [""])[0]


def _cpu_seconds(pid: int) -> float | None:
    """CPU time of a process, s; None where the system does not tell."""
    words = _stat(pid)
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK") if words else None
