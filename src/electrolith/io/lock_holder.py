"""The process that holds a lock: who it is, and whether it still runs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Holder:
    """The process that holds a lock.

    symbol  meaning
    pid     number of the process
    host    its computer
    space   boot of the computer and space of process numbers (containers have their own)
    born    when the process started, in the system's words: another process may get the same number
    since   when it took the lock, local time
    """

    pid: int
    host: str
    space: str
    born: str
    since: str

    @property
    def is_gone(self) -> bool:
        """Whether the process has certainly ended. Processes of other computers count as running."""
        here = this_process()
        if self.host != here.host:
            return False
        if self.space != here.space:
            return self.space.partition(" ")[0] != here.space.partition(" ")[0]  # the computer was started again
        return _born(self.pid) != self.born

    @property
    def is_local(self) -> bool:
        """Whether its process number means something here."""
        here = this_process()
        return (self.host, self.space) == (here.host, here.space)


def this_process() -> Holder:
    """This process as the holder of a lock that it takes now."""
    return Holder(os.getpid(), socket.gethostname(), _space(), _born(os.getpid()), time.strftime("%Y-%m-%d %H:%M:%S"))


def read_holder(lock: Path) -> Holder | None:
    """The holder that a lock names; None for a lock that is gone or has no such content."""
    try:
        if not lock.is_file():  # a pipe would never end
            return None
        holder = Holder(**json.loads(lock.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    texts = (holder.host, holder.space, holder.born, holder.since)
    return holder if isinstance(holder.pid, int) and all(isinstance(one, str) for one in texts) else None


def _space() -> str:
    """Boot of this computer and its space of process numbers; empty where the system does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _born(pid: int) -> str:
    """When a process started, in the system's words; empty if there is no such process, or only its remains."""
    if Path("/proc/self/stat").exists():
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        except OSError:
            return ""
        words = after_name.split()
        return "" if words[0] in "ZX" else words[19]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        pass
    words = ["ps", "-o", "lstart=", "-p", str(pid)]
    told = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603  ps of the system
    return told.stdout.strip()
