"""Runs oracles on many crystals in several processes; findings are stored, so that a killed evaluation continues."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from ..gen.callbacks import ProgressCallback, no_callback
from ..gen.crystal import Crystal
from ..parallel.cores import cores
from ..parallel.crash_tolerant_pool import as_finished
from .oracles import Finding, ask_oracles

JOURNAL = "judged.jsonl"
PATIENCE = 6 * 3600.0  # s for one oracle and one crystal
Findings: TypeAlias = dict[str, Finding]  # by key of the oracle


@dataclass(frozen=True)
class Task:
    """A crystal, the keys of the oracles to ask, and the earlier findings on it."""

    crystal: Crystal
    keys: tuple[str, ...]
    known: Findings


class FindingJournal:
    """File with a line of JSON per crystal and oracle; a kill may leave half a line at its end.

    A finding belongs to the numbers of a crystal, not to its name: findings of an overwritten run are not reused.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Findings]:
        """Findings by the digest of the crystal; a half-written last line is cut off."""
        findings: dict[str, Findings] = {}
        if not self.path.exists():
            return findings
        content = self.path.read_bytes()
        complete = content[: content.rfind(b"\n") + 1]
        if len(complete) < len(content):
            os.truncate(self.path, len(complete))
        for line in complete.splitlines():
            values = json.loads(line)
            findings.setdefault(values["digest"], {})[values["judge"]] = Finding(**values["finding"])
        return findings

    def append(self, crystal: Crystal, findings: Mapping[str, Finding]) -> None:
        """Adds findings on a crystal."""
        head = {"name": crystal.name, "digest": digest(crystal)}
        lines = [
            json.dumps(head | {"judge": key, "finding": asdict(finding)}) + "\n" for key, finding in findings.items()
        ]
        with self.path.open("a", encoding="utf-8") as stream:
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())


def digest(crystal: Crystal) -> str:
    """Short hash of lattice, coordinates and elements."""
    parts = (crystal.lattice, crystal.frac_coords, crystal.atomic_numbers)
    return sha256(b"".join(part.tobytes() for part in parts)).hexdigest()[:16]


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
