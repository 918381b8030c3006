"""Process pool for jobs that take seconds or minutes and may kill the process that runs them.

The processes are spawned, because some libraries do not survive a fork. Results arrive in the order in which they are
finished. When a process dies during a job, the job is given once more to a fresh process, since another program may
have taken the memory. When that one dies too, or a job sends nothing for longer than ``patience``, ``on_death`` makes
the result from the notes that the job has sent.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from ..gen.errors import ElectrolithError
from .ordered_pool import end_with_parent

Item = TypeVar("Item")
Note = TypeVar("Note")
Result = TypeVar("Result")
Job = Callable[[Item, Callable[[Note], None]], Result]
OnDeath = Callable[[Item, list[Note], str], Result]
TRIES = 2  # processes that may die during one job
PAUSE = 1.0  # s after a death: a parent that is killed together with its workers must not record their deaths
PATIENCE = 3600.0  # s without a message from a job
EXIT_TIME = 5.0  # s for an idle process to leave by itself
POLL = 10.0  # s between checks of the clock


def as_finished(
    make: Callable[[], Job[Item, Note, Result]],
    items: Iterator[Item],
    workers: int,
    on_death: OnDeath[Item, Note, Result],
    patience: float = PATIENCE,
) -> Iterator[Result]:
    """Results of ``make()(item, send_note)`` in the order in which they are finished.

    argument  meaning
    make      builds the job; called once in each process; pickled, as are the items
    workers   number of processes
    on_death  (item, notes, reason) → result of a job that killed its processes or exceeded ``patience``
    patience  s without a note or a result after which a job is given up

    Exceptions of ``make`` and of a job are raised here, as ``ElectrolithError`` unless they are one.
    """
    pool = _Pool(make, items, workers, on_death, patience)
    try:
        while pool.assign():
            yield from pool.receive()
    finally:
        pool.stop()


class _Pool(Generic[Item, Note, Result]):
    """The workers, and the jobs that wait for one."""

    def __init__(
        self,
        make: Callable[[], Job[Item, Note, Result]],
        items: Iterator[Item],
        workers: int,
        on_death: OnDeath[Item, Note, Result],
        patience: float,
    ) -> None:
        self.make, self.items, self.on_death, self.patience = make, items, on_death, patience
        self.workers: list[_Worker[Item, Note, Result]] = [_Worker(make) for _ in range(workers)]
        self.retries: list[tuple[Item, int]] = []  # jobs during which a process died, and how many died

    def assign(self) -> bool:
        """Gives a job to each idle worker; whether any worker has one."""
        for worker in self.workers:
            if worker.item is None:
                item, deaths = self.retries.pop() if self.retries else (next(self.items, None), 0)
                if item is not None:
                    worker.start(item, deaths)
        return any(worker.item is not None for worker in self.workers)

    def receive(self) -> Iterator[Result]:
        """Waits for messages of the busy workers, and yields the results among them."""
        busy = [worker for worker in self.workers if worker.item is not None]
        ready = wait([worker.connection for worker in busy], timeout=min(self.patience / 10, POLL))
        for worker in busy:
            if worker.connection in ready:
                try:
                    yield from worker.receive()
                except EOFError:
                    yield from self._replace(worker, worker.deaths + 1, worker.cause_of_death())
            elif time.monotonic() - worker.last_message > self.patience:
                yield from self._replace(worker, TRIES, f"it took longer than {self.patience:g} s")

    def _replace(self, worker: _Worker[Item, Note, Result], deaths: int, reason: str) -> Iterator[Result]:
        item, notes = worker.item, worker.notes
        worker.stop()
        self.workers[self.workers.index(worker)] = _Worker(self.make)
        if deaths < TRIES:
            self.retries.append((item, deaths))
        else:
            yield self.on_death(item, notes, reason)

    def stop(self) -> None:
        """Ends all processes."""
        for worker in self.workers:
            worker.stop()


class _Worker(Generic[Item, Note, Result]):
    """A spawned process, the connection to it, and its current job."""

    def __init__(self, make: Callable[[], Job[Item, Note, Result]]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, far_end = context.Pipe()
        self.process = context.Process(target=_serve, args=(make, far_end, os.getpid()), daemon=True)
        with _single_threaded():
            self.process.start()
        far_end.close()
        self.item: Any = None
        self.deaths, self.last_message, self.is_ready = 0, math.inf, False
        self.notes: list[Note] = []

    def start(self, item: Item, deaths: int) -> None:
        """Starts a job."""
        self.item, self.deaths, self.notes = item, deaths, []
        self.last_message = time.monotonic() if self.is_ready else math.inf  # the start of the process does not count
        with suppress(BrokenPipeError):  # the process has died; ``receive`` will notice
            self.connection.send(item)

    def receive(self) -> Iterator[Result]:
        """Handles the next message, and yields it if it is a result. Raises ``EOFError`` when the process is gone."""
        try:
            kind, content = self.connection.recv()
        except OSError as error:
            raise EOFError from error
        self.last_message = time.monotonic()
        if kind == "raised":
            raise content
        if kind == "ready":
            self.is_ready = True
        elif kind == "note":
            self.notes.append(content)
        else:
            self.item = None
            yield content

    def cause_of_death(self) -> str:
        """Why the process is gone."""
        self.process.join()
        time.sleep(PAUSE)
        code = self.process.exitcode or 0
        if code >= 0:
            return f"the process died with exit code {code}"
        memory = ", perhaps for lack of memory" if -code == signal.SIGKILL else ""
        return f"the process died by {signal.Signals(-code).name}{memory}"

    def stop(self) -> None:
        """Ends the process; an idle one may leave by itself and clean up."""
        if self.item is None:
            self.connection.close()
            self.process.join(EXIT_TIME)
        self.process.kill()
        self.process.join()
        self.connection.close()


def _serve(make: Callable[[], Job[Any, Any, Any]], connection: Connection, parent: int) -> None:
    """Loop of a worker: receives an item, sends notes and a result, until the parent ends it or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends its workers
    threading.Thread(target=end_with_parent, args=(parent,), daemon=True).start()
    _silence_output()
    try:
        job = make()
        connection.send(("ready", None))
        while True:
            item = connection.recv()
            connection.send(("done", job(item, lambda note: connection.send(("note", note)))))
    except EOFError:
        return
    except ElectrolithError as error:
        connection.send(("raised", error))
    except Exception as error:  # noqa: BLE001  raised again in the parent
        connection.send(("raised", ElectrolithError(f"a worker process failed: {type(error).__name__}: {error}")))


def _silence_output() -> None:
    """Sends stdout and stderr to nowhere, also those of C libraries, which bypass Python."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Processes started inside compute with one thread each: small crystals gain nothing from more."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
