"""Process pool for jobs that take seconds or minutes and may kill the process that runs them.

The processes are spawned, because some libraries do not survive a fork. Results arrive in the order in which they are
finished. When a process dies during a job, the job is given once more to a fresh process, since another program may
have taken the memory. When that one dies too, or a job sends nothing for longer than ``patience`` (its process may be
stopped), ``on_death`` makes the result from the notes that the job has sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Generic

from .spawned_worker import Item, Job, Note, Result, SpawnedWorker

TOO_LONG = "it took longer than"  # begins the reason for a job that exceeded its patience


@dataclass(frozen=True)
class Again(Generic[Item]):
    """Answer of ``on_death``: do this item, a changed one, instead of giving the job up."""

    item: Item


OnDeath = Callable[[Item, list[Note], str], Result | Again[Item]]
Patience = float | Callable[[list[Note]], float]
TRIES = 2  # processes that may die during one job
PATIENCE = 3600.0  # s without a message from a job
POLL = 10.0  # s between checks of the clock


def as_finished(
    make: Callable[[], Job[Item, Note, Result]],
    items: Iterator[Item],
    workers: int,
    on_death: OnDeath[Item, Note, Result],
    patience: Patience[Note] = PATIENCE,
) -> Iterator[Result]:
    """Results of ``make()(item, send_note)`` in the order in which they are finished.

    argument  meaning
    make      builds the job; called once in each process; pickled, as are the items
    workers   number of processes
    on_death  (item, notes, reason) → result of a job that killed its processes or exceeded ``patience``, or ``Again``
    patience  s without a note or a result after which a job is given up; or a function that gives it for the notes so
              far

    Exceptions of ``make`` and of a job are raised here, as ``ElectrolithError`` unless they are one.
    """
    pool: _Pool[Item, Note, Result] = _Pool(make, items, workers, on_death, patience)
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
        patience: Patience[Note],
    ) -> None:
        self.make, self.items, self.on_death, self.patience = make, items, on_death, patience
        self.workers: list[SpawnedWorker[Item, Note, Result]] = [SpawnedWorker(make) for _ in range(workers)]
        self.retries: list[tuple[Item, int]] = []  # jobs during which a process died, and how many died

    def assign(self) -> bool:
        """Gives a job to each idle worker; returns whether any worker has one."""
        for worker in self.workers:
            if worker.item is None:
                item, deaths = self.retries.pop() if self.retries else (next(self.items, None), 0)
                if item is not None:
                    worker.start(item, deaths)
        return any(worker.item is not None for worker in self.workers)

    def receive(self) -> Iterator[Result]:
        """Waits for messages of the busy workers, and yields the results among them."""
        busy = [worker for worker in self.workers if worker.item is not None]
        shortest = min(self._patience_for(worker) for worker in busy)
        ready = wait([worker.connection for worker in busy], timeout=min(shortest / 10, POLL))
        for worker in busy:
            if worker.connection in ready:
                try:
                    yield from worker.receive()
                except EOFError:
                    yield from self._replace(worker, worker.deaths + 1, worker.cause_of_death())
            elif time.monotonic() - worker.last_message > self._patience_for(worker):
                yield from self._replace(worker, TRIES, f"{TOO_LONG} {self._patience_for(worker):g} s")

    def _patience_for(self, worker: SpawnedWorker[Item, Note, Result]) -> float:
        return self.patience(worker.notes) if callable(self.patience) else self.patience

    def _replace(self, worker: SpawnedWorker[Item, Note, Result], deaths: int, reason: str) -> Iterator[Result]:
        item, notes = worker.item, worker.notes
        worker.stop()
        self.workers[self.workers.index(worker)] = SpawnedWorker(self.make)
        if deaths < TRIES:
            self.retries.append((item, deaths))
            return
        answer = self.on_death(item, notes, reason)
        if isinstance(answer, Again):
            self.retries.append((answer.item, 0))
        else:
            yield answer

    def stop(self) -> None:
        """Ends all processes."""
        for worker in self.workers:
            worker.stop()
