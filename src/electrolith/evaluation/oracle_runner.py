"""Judges many crystals in several processes; each finding is kept, so that a killed evaluation goes on."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from ..gen.callbacks import ProgressCallback, unwatched
from ..gen.crystal import Crystal
from ..parallel.ordered_pool import end_with
from .oracles import Finding, find

JOURNAL = "judged.jsonl"
Findings: TypeAlias = dict[str, Finding]  # by key of the judge
Job: TypeAlias = tuple[Crystal, tuple[str, ...], Findings]
DIED = "the process that judged it died"


class Journal:
    """A line of JSON per crystal and judge, at the end of which a kill may leave half of one.

    A finding belongs to the numbers of a crystal, not to its name: of a run made anew nothing old is taken.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Findings]:
        """Findings by the digest of the crystal; a half-written last line is cut off."""
        found: dict[str, Findings] = {}
        if not self.path.exists():
            return found
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            os.truncate(self.path, len(whole))
        for line in whole.splitlines():
            values = json.loads(line)
            found.setdefault(values["digest"], {})[values["judge"]] = Finding(**values["finding"])
        return found

    def append(self, crystal: Crystal, findings: Mapping[str, Finding]) -> None:
        """Adds findings on a crystal."""
        lines = [
            json.dumps({"name": crystal.name, "digest": digest(crystal), "judge": k, "finding": asdict(finding)}) + "\n"
            for k, finding in findings.items()
        ]
        with self.path.open("a", encoding="utf-8") as stream:
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())


def digest(crystal: Crystal) -> str:
    """The same for the same numbers."""
    parts = (crystal.lattice, crystal.frac_coords, crystal.atomic_numbers)
    return sha256(b"".join(part.tobytes() for part in parts)).hexdigest()[:16]


def judge_all(
    crystals: Sequence[Crystal],
    keys: Collection[str],
    journal: Journal,
    workers: int | None = None,
    watch: ProgressCallback = unwatched,
) -> list[Findings]:
    """Findings of these keys on each crystal, from the journal where it has them; new ones go to it at once.

    ``watch`` hears how many of how many are done. With one worker, all is done in this process.
    """
    known = journal.read()
    jobs: list[Job] = []
    for crystal in crystals:
        mine = known.setdefault(digest(crystal), {})
        missing = tuple(k for k in keys if k not in mine)
        if missing:
            jobs.append((crystal, missing, mine))
    done = len(crystals) - len(jobs)
    watch(done, len(crystals))
    for crystal, findings in _results(jobs, workers or len(os.sched_getaffinity(0))):
        journal.append(crystal, findings)
        known[digest(crystal)] |= findings
        done += 1
        watch(done, len(crystals))
    return [known[digest(crystal)] for crystal in crystals]


def _results(jobs: list[Job], workers: int) -> Iterator[tuple[Crystal, Findings]]:
    """Crystals with their new findings, as they are finished."""
    if workers <= 1 or len(jobs) <= 1:
        yield from map(_work, jobs)
        return
    suspects: list[Job] = []  # one of them was at work when a process died
    waiting = list(jobs)
    while waiting:
        with _pool(min(workers, len(waiting))) as pool:
            running: dict[Future[tuple[Crystal, Findings]], Job] = {}
            try:
                while waiting or running:
                    while waiting and len(running) < workers:
                        job = waiting.pop(0)
                        running[pool.submit(_work, job)] = job
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        yield future.result()
                        del running[future]
            except BrokenProcessPool:
                suspects += running.values()
    for job in suspects:
        with _pool(1) as pool:
            try:
                yield pool.submit(_work, job).result()
            except BrokenProcessPool:
                yield job[0], {k: Finding(reason=DIED) for k in job[1]}


def _work(job: Job) -> tuple[Crystal, Findings]:
    crystal, keys, known = job
    return crystal, find(crystal, keys, known)


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_end_with, initargs=(os.getpid(),)
    )


def _end_with(parent: int) -> None:
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
