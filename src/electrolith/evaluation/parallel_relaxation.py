"""Relaxation of many crystals in several processes, with CHGNet by default."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ..gen.crystal import Crystal
from ..parallel.cores import cores
from ..parallel.crash_tolerant_pool import as_finished
from ..validators.relaxation.relax import Relaxed, relax

CRYSTALS_PER_WORKER = 10  # a process takes seconds to start
Numbered = tuple[int, Crystal]
Relaxation = Callable[[Crystal], Relaxed]


def relax_crystals(
    crystals: Sequence[Crystal], workers: int | None = None, relax_one: Relaxation = relax
) -> Iterator[Relaxed]:
    """The relaxed crystals in the order of ``crystals``.

    argument   meaning
    workers    number of processes; where None, one per core, and fewer for a few crystals
    relax_one  relaxes one crystal; can be pickled

    A crystal that kills its process counts as not relaxed.
    """
    if workers is None:
        workers = min(cores(), 1 + len(crystals) // CRYSTALS_PER_WORKER)
    if workers <= 1:
        yield from map(relax_one, crystals)
        return
    arrived: dict[int, Relaxed] = {}
    due = 0
    for position, relaxed in as_finished(
        partial(_make_job, relax_one), iter(enumerate(crystals)), workers, _after_death
    ):
        arrived[position] = relaxed
        while due in arrived:
            yield arrived.pop(due)
            due += 1


def _make_job(relax_one: Relaxation) -> Callable[[Numbered, Callable[[str], None]], tuple[int, Relaxed]]:
    return lambda item, _: (item[0], relax_one(item[1]))


def _after_death(item: Numbered, notes: Sequence[str], reason: str) -> tuple[int, Relaxed]:  # noqa: ARG001
    return item[0], Relaxed(None, math.nan, 0, False, reason, unknown=True)
