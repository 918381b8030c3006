"""Lock of an output: one process at a time. It names its process, so that a lock left by a crash is taken over.

The lock is a small file. It is made under another name and linked to its own in one step, which is atomic on network
disks too. A lock of a dead process of this computer is replaced. While two processes look at the same stale lock,
``flock`` on it lets only one of them replace it. A lock of another computer cannot be judged from here: the message
says how to remove it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

from ..gen.atomic import LOCK, PART
from ..gen.errors import UserError
from .lock_holder import Holder, read_holder, this_process

YOUNG = 10.0  # s in which a lock without content may still be written
TRIES = 20
BEGINNING = b'{"pid": '  # of every lock


@contextmanager
def run_lock(output: Path) -> Iterator[None]:
    """Holds the lock of an output folder, or of an output file, which has its lock beside it.

    Raises ``UserError`` that names process, computer and start of the run that holds it. Released at the end; a process
    forked meanwhile does not release it.
    """
    lock = output / LOCK if output.is_dir() else output.with_name(f".{output.name}{LOCK}")
    mine = acquire(lock, output)
    try:
        yield
    finally:
        if os.getpid() == mine.pid and read_holder(lock) == mine:
            with suppress(OSError):
                lock.unlink()


def acquire(lock: Path, output: Path) -> Holder:
    """Makes the lock file, or takes over a stale one. Raises ``UserError`` where another run holds it."""
    me = this_process()
    mine = lock.with_name(f"{lock.name}.{uuid4().hex[:8]}{PART}")
    try:
        mine.write_text(json.dumps(asdict(me)), encoding="utf-8")
        for _ in range(TRIES):
            if _created(mine, lock):
                return me
            holder = read_holder(lock)
            if holder is None and (what := _strange(lock)):
                raise UserError(
                    f"{lock} is {what}, not the lock of a run, which needs this name: move it away, or give another -o."
                )
            if holder is None and _age(lock) < YOUNG:
                time.sleep(0.1)  # it is being written, or was released just now
                continue
            if holder is not None and not holder.is_gone:
                raise UserError(_words(holder, lock, output))
            if _replaced(mine, lock, holder):
                return me
        raise UserError(
            f"{output} is locked by {lock}, made within the last {YOUNG:g} s: another run seems to start here. "
            "Try it again later, or give another -o."
        )
    finally:
        mine.unlink(missing_ok=True)


def _created(mine: Path, lock: Path) -> bool:
    """Gives the file ``mine`` the name of the lock if there is no lock; whether it did."""
    try:
        os.link(mine, lock)
    except FileExistsError:
        return False
    except OSError:  # the disk has no links
        try:
            descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            return False
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(mine.read_bytes())
        except OSError:
            lock.unlink(missing_ok=True)
            raise
    return True


def _replaced(mine: Path, lock: Path, stale: Holder | None) -> bool:
    """Replaces the stale lock by ``mine``, unless another process has done so; whether it did."""
    try:
        with lock.open("r+b") as file:
            _flock(file.fileno())
            now = lock.stat()
            seen = os.fstat(file.fileno())
            if (now.st_dev, now.st_ino) != (seen.st_dev, seen.st_ino) or read_holder(lock) != stale:
                return False
            os.replace(mine, lock)  # noqa: PTH105  Path.replace is for results
            return True
    except FileNotFoundError:
        return False


def _flock(descriptor: int) -> None:
    """Waits for the right to replace a lock; without it where the system or the disk has no such locks."""
    if sys.platform == "win32":
        return
    import fcntl  # Windows has none

    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _strange(lock: Path) -> str:
    """What has the name of the lock but is none; empty for a lock, also one without content yet, or that is gone.

    A lock that is half written begins as every lock does.
    """
    try:
        if not lock.is_file():
            return "a folder" if lock.is_dir() else "no regular file" if os.path.lexists(lock) else ""
        with lock.open("rb") as file:
            return "" if BEGINNING.startswith(file.read(len(BEGINNING))) else "a file of another program"
    except OSError:
        return ""


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _words(holder: Holder, lock: Path, output: Path) -> str:
    run = f"{output} is in use by another run: process {holder.pid} on {holder.host}, since {holder.since}"
    if holder.is_local:
        return f"{run}. Wait for it, or give another -o."
    return f"{run}. Wait for it, or give another -o; if that process has ended, remove {lock}."
