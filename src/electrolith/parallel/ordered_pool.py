"""One function over many items in several processes, with results in the order of the items.

The processes are forked, so that they share the weights and the tables in memory and start at once: fork before torch
has computed anything with more than one thread. ``multiprocessing.Pool`` waits for ever when a worker is killed (by
lack of memory, say), and an executor's workers outlive a killed parent; these here do neither.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import abc
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

from ..gen.errors import ElectrolithError

Item = TypeVar("Item")
Result = TypeVar("Result")
AHEAD = 4  # results per worker that may wait for an earlier one


def in_order(
    function: Callable[[Item], Result], items: Sequence[Item], workers: int = 1
) -> abc.Generator[Result, None, None]:
    """``map(function, items)`` with ``workers`` processes; with one, in this process. Closed early, it ends them.

    An exception in a worker is raised here; a worker that dies raises ``ElectrolithError``.
    """
    if workers <= 1 or len(items) <= 1:
        yield from map(function, items)
        return
    crew = [_Worker(function) for _ in range(min(workers, len(items)))]
    idle, given = list(crew), 0
    arrived: dict[int, Result] = {}
    try:
        for due in range(len(items)):
            while due not in arrived:
                while idle and given < min(len(items), due + AHEAD * len(crew)):
                    idle.pop().line.send((given, items[given]))
                    given += 1
                for worker in _ready(crew):
                    position, result = worker.receive()
                    arrived[position] = result
                    idle.append(worker)
            yield arrived.pop(due)
    finally:
        for worker in crew:
            worker.dismiss()


def _ready(crew: Sequence[_Worker[Item, Result]]) -> list[_Worker[Item, Result]]:
    lines = wait([worker.line for worker in crew])
    return [worker for worker in crew if worker.line in lines]


class _Worker(Generic[Item, Result]):
    """A forked process and the line to it."""

    def __init__(self, function: Callable[[Item], Result]) -> None:
        context = multiprocessing.get_context("fork")
        self.line, far_end = context.Pipe()
        self.process = context.Process(target=_serve, args=(function, far_end, os.getpid()), daemon=True)
        self.process.start()
        far_end.close()

    def receive(self) -> tuple[int, Result]:
        """Its next result; raises what it raised."""
        try:
            position, result, error = self.line.recv()
        except EOFError:
            self.process.join()
            raise ElectrolithError(
                f"a worker process died (exit code {self.process.exitcode}), for lack of memory perhaps; "
                "what was finished is kept: go on with --resume and fewer --workers."
            ) from None
        if error is not None:
            raise error
        return position, result

    def dismiss(self) -> None:
        """Ends the process, whatever it is doing."""
        self.process.kill()
        self.process.join()
        self.line.close()


def _serve(function: Callable[[Item], Result], line: Connection, parent: int) -> None:
    """The life of a worker: an item in, a result out, until the parent ends it or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends its workers
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    while True:
        position, item = line.recv()
        answer: tuple[int, Result | None, Exception | None]
        try:
            answer = (position, function(item), None)
        except Exception as error:  # noqa: BLE001  raised again in the parent
            answer = (position, None, error)
        line.send(answer)


def end_with(parent: int) -> None:
    """Ends this process when its parent is gone; for a thread of its own."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)
