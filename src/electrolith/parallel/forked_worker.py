"""A forked process that applies one function to the items that it is sent, and may die or hang."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

from ..gen.errors import ElectrolithError
from .process_watch import Watch, end_with_parent, in_main_thread

Item = TypeVar("Item")
Result = TypeVar("Result")
LONGEST = 8  # times the patience: the longest time for one item
STOPPED = 30.0  # s for which a worker may be stopped


class WorkerLost(ElectrolithError):
    """A worker process died or hangs; what is finished is kept where the caller says so."""


class ForkedWorker(Generic[Item, Result]):
    """A forked process and the connection to it."""

    def __init__(self, function: Callable[[Item], Result], patience: float) -> None:
        context = multiprocessing.get_context("fork")
        self.connection, far_end = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(function, far_end, os.getpid(), in_main_thread()), daemon=True
        )
        self.process.start()
        far_end.close()
        self.watch = Watch(self.process.pid or 0, patience, LONGEST * patience, min(STOPPED, patience))

    def send(self, position: int, item: Item) -> None:
        """Gives the worker an item."""
        self.watch.begin()
        with suppress(BrokenPipeError):  # the process has died; ``receive`` will notice
            self.connection.send((position, item))

    def receive(self) -> tuple[int, Result]:
        """The next position and result; raises the exception of the function, if there was one."""
        try:
            position, result, error = self.connection.recv()
        except (EOFError, ConnectionResetError):
            self.process.join()
            raise WorkerLost(
                f"a worker process died (exit code {self.process.exitcode}), perhaps for lack of memory; use fewer "
                "--workers."
            ) from None
        if error is not None:
            raise error
        return position, result

    def stop(self) -> None:
        """Kills the process at once."""
        self.process.kill()
        self.process.join()
        self.connection.close()


def _serve(function: Callable[[Item], Result], connection: Connection, parent: int, at_once: bool) -> None:
    """Loop of a worker: receives an item, sends a result, until the parent ends it or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent(parent, at_once)
    while True:
        position, item = connection.recv()
        answer: tuple[int, Result | None, Exception | None]
        try:
            answer = (position, function(item), None)
        except Exception as error:  # noqa: BLE001  raised again in the parent
            answer = (position, None, error)
        connection.send(answer)
