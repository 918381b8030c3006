"""A screening: from crystals and a recipe to answers, in memory or in a folder that a killed run goes on from."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ..gen.errors import UserError
from ..io.output_folder import claim, clear, disk_full_said
from ..io.versions import versions_of
from ..parallel.crash_tolerant_pool import PATIENCE, as_finished
from ..report import write_report
from ..validators.structure.unique import Unique
from ..validators.transport.diffusivity import Diffusivity
from ..validators.verdict import Verdict
from .candidate_table import counts
from .check_options import make_check
from .funnel import Funnel, outcome, require_potentials
from .inputs import Entry, numbered, read_paths
from .rank_survivors import ranked
from .recipe import Recipe, find_recipe, shipped
from .report_data import page_of
from .results import Answer, ScreeningResult
from .screen_folder import OURS, RECORD, REPORT, ScreenFolder

VERSIONS_OF = (
    "electrolith", "pymatgen", "spglib", "ase", "smact", "rdkit", "numpy", "torch", "chgnet", "sevenn", "bvlain",
    "pymatgen-analysis-diffusion",
)  # fmt: skip
LARGEST_FOR_UNIQUE = 500  # atoms
PATIENCE_WITH_DYNAMICS = 24 * PATIENCE  # a hundred atoms of a dense crystal can take hours


@dataclass(frozen=True)
class Progress:
    """How far a screening has come: ``done`` of ``total`` crystals, of which ``survivors`` passed all."""

    total: int
    done: int = 0
    survivors: int = 0

    def __add__(self, one: ScreeningResult) -> Progress:
        return replace(self, done=self.done + 1, survivors=self.survivors + one.passed)


Watch = Callable[[Progress], None]


@dataclass(frozen=True)
class Asked:
    """What a screening is told: ``paths`` to read, the first ``limit`` crystals of them, and the ``recipe``."""

    paths: tuple[str, ...]
    recipe: Recipe
    limit: int | None = None

    def as_mapping(self) -> dict[str, Any]:
        """As ``screen.yaml`` has it."""
        return {"input": list(self.paths), "limit": self.limit, "recipe": self.recipe.as_mapping()}


def asked_for(
    paths: Sequence[Path],
    recipe: str | None,
    potential: str | None,
    limit: int | None,
    earlier: Path | None,
    dynamics: bool = False,
) -> Asked:
    """What to screen, from what was said; what was not is taken from the ``earlier`` run. Raises ``UserError``.

    With ``dynamics``, whatever passes the recipe is asked for its diffusivity, too: one more check, so that a run is
    gone on with only by those who ask the same.
    """
    record = ScreenFolder(earlier).read_record() if earlier is not None else None
    if record is None:
        if not paths:
            raise UserError("Screen what? Give a folder or zip of CIFs, an extxyz, or a CSV with a cif column.")
        if recipe is None:
            raise UserError(f"--recipe is missing: give {' or '.join(shipped())}, or a YAML file.")
        found = find_recipe(recipe)
    else:
        paths = paths or [Path(path) for path in record["input"]]
        limit = record["limit"] if limit is None else limit
        found = find_recipe(record["recipe"] if recipe is None else recipe)
    if dynamics:
        found = found.with_last(Diffusivity.name)
    if potential is not None:
        found = found.with_potential(potential)
    return Asked(tuple(str(path) for path in paths), found, limit)


def screen(crystals: Any, recipe: str | Path | Recipe | dict[str, Any], *, workers: int = 0) -> list[ScreeningResult]:
    """Takes crystals through a recipe; survivors first, the best at the head.

    argument  meaning
    crystals  a path, or Crystals, pymatgen Structures, generated crystals
    recipe    ``electrolyte``, ``coating``, a YAML file, or what such a file says
    workers   processes; 0: in this one, where a crystal that kills a process kills yours. With processes, call it
              below ``if __name__ == "__main__":``, as all that spawns

    Raises ``UserError`` for a recipe that cannot be read and for a path without crystals.
    """
    found = find_recipe(recipe)
    require_potentials(found)
    read = read_paths([Path(crystals)]) if isinstance(crystals, str | Path) else crystals
    entries = with_unique(numbered(read), found)
    return ranked(list(_answers(entries, found, workers)), found)


def screen_to_folder(
    asked: Asked,
    path: Path,
    *,
    workers: int = 1,
    resume: bool = False,
    overwrite: bool = False,
    watch: Watch = lambda _: None,
) -> Progress:
    """The same with its results in a folder; ``watch`` hears of every finished crystal.

    Raises ``UserError`` for a folder in use, a potential that is not installed, and where a run to go on with had
    another input or recipe.
    """
    require_potentials(asked.recipe)
    folder = ScreenFolder(path)
    crystals = read_paths([Path(p) for p in asked.paths], asked.limit)
    with disk_full_said(path):
        claim(path, RECORD, resume=resume, overwrite=overwrite)
        earlier = folder.read_record() if resume else None
        if earlier is not None:
            _same_run(asked, earlier)
            if earlier.get("status") == "complete":
                folder.journal.remove()  # a run killed at its last step leaves it
                return Progress(earlier["crystals"], earlier["crystals"], earlier["survivors"])
        elif overwrite:
            clear(path, OURS)
        record = asked.as_mapping() | {"versions": versions_of(VERSIONS_OF), "workers": workers, "status": "running"}
        folder.write_record(record)
        start = time.perf_counter()
        done = _screened(asked.recipe, folder, list(numbered(crystals)), workers, watch)
        order = ranked(done, asked.recipe)
        folder.finish(asked.recipe, order)
        survivors = sum(one.passed for one in order)
        record |= {"status": "complete", "crystals": len(order), "survivors": survivors}
        record |= {"seconds_of_last_session": round(time.perf_counter() - start, 2)}
        record |= {"checks": counts(order, asked.recipe)}
        write_report(path / REPORT, page_of(order, asked.recipe, record))
        folder.write_record(record)
        folder.journal.remove()
    return Progress(len(order), len(order), survivors)


def _screened(
    recipe: Recipe, folder: ScreenFolder, entries: Sequence[Entry], workers: int, watch: Watch
) -> list[ScreeningResult]:
    """All answers: those of the journal, and new ones as they are finished."""
    done = _finished(folder, entries)
    progress = Progress(len(entries), len(done), sum(one.passed for one in done))
    watch(progress)
    folder.restart(recipe, done)
    known = {one.place for one in done}
    left = (entry for entry in with_unique(entries, recipe) if entry.place not in known)
    for one in _answers(left, recipe, workers) if len(known) < len(entries) else ():
        folder.journal.write(one.place, {"digest": entries[one.place].digest, "screened": one.as_mapping()})
        folder.append(recipe, one)
        done.append(one)
        progress += one
        watch(progress)
    return done


def _answers(entries: Iterable[Entry], recipe: Recipe, workers: int) -> Iterator[ScreeningResult]:
    """Answers as they are finished."""
    if workers < 1:
        yield from map(Funnel(recipe), entries)
        return
    slow = any(step.name == Diffusivity.name for step in recipe.steps)
    patience = PATIENCE_WITH_DYNAMICS if slow else PATIENCE
    yield from as_finished(partial(Funnel, recipe), iter(entries), workers, partial(_buried, recipe), patience)


def _buried(recipe: Recipe, entry: Entry, notes: list[Answer | str], why: str) -> ScreeningResult:
    """The record of a crystal whose process died: unknown, at the check it died at."""
    assert entry.crystal is not None
    answers = [note for note in notes if isinstance(note, Answer)]
    step = next((note for note in reversed(notes) if isinstance(note, str)), recipe.steps[0].key)
    if len(answers) < len(recipe.steps):
        answers.append(Answer(step, Verdict(step, None, reason=why), 0.0))
    return replace(outcome(entry, entry.crystal, answers, recipe.steps), stopped=step, reason=why)


def with_unique(entries: Iterable[Entry], recipe: Recipe) -> Iterator[Entry]:
    """Entries with the verdict that needs all of them, in the order of the input, if the recipe asks for it."""
    step = next((s for s in recipe.steps if isinstance(s.check, Unique)), None)
    if step is None:
        yield from entries
        return
    unique = make_check(step.name, step.options)
    assert isinstance(unique, Unique)
    for entry in entries:
        if entry.crystal is None:
            yield entry
        elif len(entry.crystal) > LARGEST_FOR_UNIQUE:
            reason = f"more than {LARGEST_FOR_UNIQUE} atoms (limit of this check)"
            yield replace(entry, unique=Verdict(unique.name, None, reason=reason))
        else:
            verdict = unique.check(entry.crystal)
            if verdict.passed:
                unique.add(replace(entry.crystal, name=entry.id))
            yield replace(entry, unique=verdict)


def _finished(folder: ScreenFolder, entries: Sequence[Entry]) -> list[ScreeningResult]:
    """What the journal holds; raises ``UserError`` where it is of other crystals."""
    done = []
    for place in folder.journal.numbers():
        record = folder.journal.read(place)
        if place >= len(entries) or record["digest"] != entries[place].digest:
            raise UserError(f"the input has changed since the run in {folder.path} began: give another -o.")
        done.append(ScreeningResult.from_mapping(record["screened"]))
    return done


def _same_run(asked: Asked, earlier: dict[str, Any]) -> None:
    now = asked.as_mapping()
    if differences := [name for name, value in now.items() if earlier.get(name) != value]:
        raise UserError(
            f"--resume needs the run's own {' and '.join(differences)} ({RECORD} has them): leave the options out, or "
            "start another folder."
        )
