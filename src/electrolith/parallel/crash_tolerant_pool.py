"""Worker processes for jobs that may take seconds or minutes, and may kill the process they run in.

Processes are spawned: some libraries do not survive a fork. Results come as they are finished. When a process dies at
a job, the job is given to a fresh one, once: another program may have taken the memory. When it dies again, or takes
longer than anybody would wait, ``bury`` makes the result from what was heard of the job.
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
from .ordered_pool import end_with

Item = TypeVar("Item")
Note = TypeVar("Note")
Result = TypeVar("Result")
Job = Callable[[Item, Callable[[Note], None]], Result]
Bury = Callable[[Item, list[Note], str], Result]
TRIES = 2  # processes that may die at one job
PAUSE = 1.0  # s after a death: whoever is killed together with its workers never notes their deaths
PATIENCE = 3600.0  # s without a word from a job
FAREWELL = 5.0  # s for a process to leave
LOOK = 10.0  # s between looks at the clock


def as_finished(
    make: Callable[[], Job[Item, Note, Result]],
    items: Iterator[Item],
    workers: int,
    bury: Bury[Item, Note, Result],
    patience: float = PATIENCE,
) -> Iterator[Result]:
    """Results of ``make()(item, tell)``, computed in ``workers`` processes, each of which calls ``make`` once.

    ``make`` and the items are pickled. What ``make`` raises is raised here, and so is what a job raises.
    """
    crew = _Crew(make, items, workers, bury, patience)
    try:
        while crew.busy():
            yield from crew.hear()
    finally:
        crew.dismiss()


class _Crew(Generic[Item, Note, Result]):
    """Workers, and the jobs that wait for one."""

    def __init__(
        self,
        make: Callable[[], Job[Item, Note, Result]],
        items: Iterator[Item],
        workers: int,
        bury: Bury[Item, Note, Result],
        patience: float,
    ) -> None:
        self.make, self.items, self.bury, self.patience = make, items, bury, patience
        self.workers: list[_Worker[Item, Note, Result]] = [_Worker(make) for _ in range(workers)]
        self.again: list[tuple[Item, int]] = []  # jobs at which a process died, and how often

    def busy(self) -> list[_Worker[Item, Note, Result]]:
        """Gives a job to each worker without one, and says who has one."""
        for worker in self.workers:
            if worker.item is None:
                item, deaths = self.again.pop() if self.again else (next(self.items, None), 0)
                if item is not None:
                    worker.give(item, deaths)
        return [worker for worker in self.workers if worker.item is not None]

    def hear(self) -> Iterator[Result]:
        """Waits for a word of those that have a job, and gives the results among them."""
        busy = [worker for worker in self.workers if worker.item is not None]
        lines = wait([worker.line for worker in busy], timeout=min(self.patience / 10, LOOK))
        for worker in busy:
            if worker.line in lines:
                try:
                    yield from worker.hear()
                except EOFError:
                    yield from self._replace(worker, worker.deaths + 1, worker.autopsy())
            elif time.monotonic() - worker.heard > self.patience:
                yield from self._replace(worker, TRIES, f"it took longer than {self.patience:g} s")

    def _replace(self, worker: _Worker[Item, Note, Result], deaths: int, why: str) -> Iterator[Result]:
        item, notes = worker.item, worker.notes
        worker.dismiss()
        self.workers[self.workers.index(worker)] = _Worker(self.make)
        if deaths < TRIES:
            self.again.append((item, deaths))
        else:
            yield self.bury(item, notes, why)

    def dismiss(self) -> None:
        """Ends all processes."""
        for worker in self.workers:
            worker.dismiss()


class _Worker(Generic[Item, Note, Result]):
    """A spawned process, the line to it, and the job it has."""

    def __init__(self, make: Callable[[], Job[Item, Note, Result]]) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, far_end = context.Pipe()
        self.process = context.Process(target=_serve, args=(make, far_end, os.getpid()), daemon=True)
        with _one_thread():
            self.process.start()
        far_end.close()
        self.item: Any = None
        self.deaths, self.heard, self.ready = 0, math.inf, False
        self.notes: list[Note] = []

    def give(self, item: Item, deaths: int) -> None:
        """Starts a job."""
        self.item, self.deaths, self.notes = item, deaths, []
        self.heard = time.monotonic() if self.ready else math.inf  # its start does not count as the job's time
        with suppress(BrokenPipeError):  # it died before; the line says so when it is listened to
            self.line.send(item)

    def hear(self) -> Iterator[Result]:
        """Its next word: a result, or a note of the job. Raises ``EOFError`` when the process is gone."""
        try:
            kind, word = self.line.recv()
        except OSError as error:
            raise EOFError from error
        self.heard = time.monotonic()
        if kind == "raised":
            raise word
        if kind == "ready":
            self.ready = True
        elif kind == "note":
            self.notes.append(word)
        else:
            self.item = None
            yield word

    def autopsy(self) -> str:
        """Why the process is gone."""
        self.process.join()
        time.sleep(PAUSE)
        code = self.process.exitcode or 0
        if code >= 0:
            return f"the process died with exit code {code}"
        memory = ", for lack of memory perhaps" if -code == signal.SIGKILL else ""
        return f"the process died by {signal.Signals(-code).name}{memory}"

    def dismiss(self) -> None:
        """Ends the process: one without a job leaves by itself, and cleans up; else whatever it is doing."""
        if self.item is None:
            self.line.close()
            self.process.join(FAREWELL)
        self.process.kill()
        self.process.join()
        self.line.close()


def _serve(make: Callable[[], Job[Any, Any, Any]], line: Connection, parent: int) -> None:
    """The life of a worker: an item in, notes and a result out, until the parent ends it or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends its workers
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    _be_silent()
    try:
        job = make()
        line.send(("ready", None))
        while True:
            item = line.recv()
            line.send(("done", job(item, lambda note: line.send(("note", note)))))
    except EOFError:
        return
    except ElectrolithError as error:
        line.send(("raised", error))
    except Exception as error:  # noqa: BLE001  raised again in the parent
        line.send(("raised", ElectrolithError(f"a worker process failed: {type(error).__name__}: {error}")))


def _be_silent() -> None:
    """Libraries greet and complain; C libraries do so past Python."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Children started here compute with one thread each: small crystals gain nothing from more."""
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
