"""Process pool for jobs that take seconds or minutes and may kill the process that runs them.

The processes are spawned, because some libraries do not survive a fork. Results arrive in the order in which they are
finished. When a process dies during a job, the job is given once more to a fresh process, since another program may
have taken the memory. When that one dies too, or a job sends nothing for longer than ``patience``, ``on_death`` makes
the result from the notes that the job has sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from typing import Generic

from .spawned_worker import Item, Job, Note, Result, SpawnedWorker

OnDeath = Callable[[Item, list[Note], str], Result]
TRIES = 2  # processes that may die during one job
PATIENCE = 3600.0  # s without a message from a job
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
        ready = wait([worker.connection for worker in busy], timeout=min(self.patience / 10, POLL))
        for worker in busy:
            if worker.connection in ready:
                try:
                    yield from worker.receive()
                except EOFError:
                    yield from self._replace(worker, worker.deaths + 1, worker.cause_of_death())
            elif time.monotonic() - worker.last_message > self.patience:
                yield from self._replace(worker, TRIES, f"it took longer than {self.patience:g} s")

    def _replace(self, worker: SpawnedWorker[Item, Note, Result], deaths: int, reason: str) -> Iterator[Result]:
        item, notes = worker.item, worker.notes
        worker.stop()
        self.workers[self.workers.index(worker)] = SpawnedWorker(self.make)
        if deaths < TRIES:
            self.retries.append((item, deaths))
        else:
            yield self.on_death(item, notes, reason)

    def stop(self) -> None:
        """Ends all processes."""
        for worker in self.workers:
            worker.stop()
