"""Process pool that applies one function to many items and returns the results in the order of the items.

The processes are forked, so that they share the weights and the tables in memory and start at once. Fork before torch
has computed anything with more than one thread. ``multiprocessing.Pool`` waits for ever when a worker is killed (for
lack of memory, say) or hangs, and the workers of an executor outlive a killed parent. This pool does neither.
"""

from __future__ import annotations

import time
from collections import abc
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait

from .forked_worker import ForkedWorker, Item, Result, WorkerLost

AHEAD = 4  # results per worker that may wait for an earlier one
PATIENCE = 1800.0  # s in which a worker computes nothing and gives no result
POLL = 5.0  # s between two looks at the workers


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
    pool = [ForkedWorker(function, patience) for _ in range(min(workers, len(items)))]
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


def _ready(
    pool: Sequence[ForkedWorker[Item, Result]], busy: Sequence[ForkedWorker[Item, Result]]
) -> list[ForkedWorker[Item, Result]]:
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
