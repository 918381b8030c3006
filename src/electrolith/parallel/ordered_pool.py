"""Process pool that applies one function to many items and returns the results in the order of the items.

The processes are forked, so that they share the weights and the tables in memory and start at once. Fork before torch
has computed anything with more than one thread. ``multiprocessing.Pool`` waits for ever when a worker is killed (for
lack of memory, say) or hangs, and the workers of an executor outlive a killed parent. This pool does neither.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import abc
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

from ..gen.errors import ElectrolithError
from .process_watch import Watch, end_with_parent, in_main_thread

Item = TypeVar("Item")
Result = TypeVar("Result")
AHEAD = 4  # results per worker that may wait for an earlier one
PATIENCE = 1800.0  # s in which a worker computes nothing and gives no result
LONGEST = 8  # times the patience: the longest time for one item
STOPPED = 30.0  # s for which a worker may be stopped
POLL = 5.0  # s between two looks at the workers


class WorkerLost(ElectrolithError):
    """A worker process died or hangs; what is finished is kept where the caller says so."""


def in_order(
    function: Callable[[Item], Result], items: Sequence[Item], workers: int = 1, patience: float = PATIENCE
) -> abc.Generator[Result, None, None]:
    """``map(function, items)`` in ``workers`` processes; with one worker, in this process.

    Closing the generator early ends the processes. An exception in a worker is raised here. Raises ``WorkerLost`` when
    a worker dies, is stopped for half a minute, or computes nothing for ``patience`` seconds.
    """
    if workers <= 1 or len(items) <= 1:
        yield from map(function, items)
        return
    pool = [_Worker(function, patience) for _ in range(min(workers, len(items)))]
    idle, sent = list(pool), 0
    arrived: dict[int, Result] = {}
    try:
        for due in range(len(items)):
            while due not in arrived:
                while idle and sent < min(len(items), due + AHEAD * len(pool)):
                    idle.pop().send(sent, items[sent])
                    sent += 1
                for worker in _ready(pool, [worker for worker in pool if worker not in idle]):
                    position, result = worker.receive()
                    arrived[position] = result
                    idle.append(worker)
            yield arrived.pop(due)
    finally:
        for worker in pool:
            worker.stop()


def _ready(pool: Sequence[_Worker[Item, Result]], busy: Sequence[_Worker[Item, Result]]) -> list[_Worker[Item, Result]]:
    """Waits for messages; raises ``WorkerLost`` if one of the busy workers hangs."""
    while True:
        start = time.monotonic()
        connections = wait([worker.connection for worker in pool], timeout=POLL)
        seconds = min(time.monotonic() - start, 2 * POLL)  # more: this process was stopped too
        ready = [worker for worker in pool if worker.connection in connections]
        for worker in busy:
            if worker not in ready and (fault := worker.watch.look(seconds)):
                raise WorkerLost(f"a worker hangs: {fault}.")
        if ready:
            return ready


class _Worker(Generic[Item, Result]):
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
