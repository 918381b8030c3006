"""Runs oracles on many crystals in several processes; findings are stored, so that a killed evaluation continues."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from ..gen.callbacks import ProgressCallback, no_callback
from ..gen.crystal import Crystal
from ..parallel.cores import cores
from ..parallel.crash_tolerant_pool import as_finished
from .oracle_computations import ask_oracles
from .oracle_findings import Finding, FindingJournal, Findings, digest

PATIENCE = 6 * 3600.0  # s for one oracle and one crystal


@dataclass(frozen=True)
class Task:
    """A crystal, the keys of the oracles to ask, and the earlier findings on it."""

    crystal: Crystal
    keys: tuple[str, ...]
    known: Findings


def findings_on(
    crystals: Sequence[Crystal],
    keys: Collection[str],
    journal: FindingJournal,
    workers: int | None = None,
    watch: ProgressCallback = no_callback,
) -> list[Findings]:
    """Findings of these keys on each crystal, from the journal where it has them; new ones are added to it at once.

    argument  meaning
    workers   processes; one per core where None; one: everything runs in this process
    watch     called with the number of finished crystals and the number of all
    """
    known = journal.read()
    tasks: list[Task] = []
    for crystal in crystals:
        earlier = known.setdefault(digest(crystal), {})
        missing = tuple(key for key in keys if key not in earlier)
        if missing:
            tasks.append(Task(crystal, missing, earlier))
    done = len(crystals) - len(tasks)
    watch(done, len(crystals))
    for crystal, findings in _results(tasks, workers or cores()):
        journal.append(crystal, findings)
        known[digest(crystal)] |= findings
        done += 1
        watch(done, len(crystals))
    return [known[digest(crystal)] for crystal in crystals]


def _results(tasks: Sequence[Task], workers: int) -> Iterator[tuple[Crystal, Findings]]:
    """Crystals with their new findings, in the order in which they are finished."""
    if workers <= 1 or len(tasks) <= 1:
        yield from ((task.crystal, ask_oracles(task.crystal, task.keys, task.known)) for task in tasks)
        return
    yield from as_finished(_make_job, iter(tasks), min(workers, len(tasks)), _after_death, PATIENCE)


def _make_job() -> Callable[[Task, Callable[[Findings], None]], tuple[Crystal, Findings]]:
    return _run


def _run(task: Task, send_note: Callable[[Findings], None]) -> tuple[Crystal, Findings]:
    """Asks the oracles one by one; each answer is sent as a note, so that it survives a crash in the next."""
    findings: Findings = {}
    for key in task.keys:
        new = ask_oracles(task.crystal, (key,), task.known | findings)
        send_note(new)
        findings |= new
    return task.crystal, findings


def _after_death(task: Task, notes: Sequence[Findings], reason: str) -> tuple[Crystal, Findings]:
    findings = {key: Finding(reason=reason) for key in task.keys}
    for note in notes:
        findings |= note
    return task.crystal, findings
