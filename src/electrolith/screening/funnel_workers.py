"""Many crystals through a funnel, in this process or in worker processes, as results are finished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from ..parallel.crash_tolerant_pool import PATIENCE, as_finished
from ..validators.structure.unique import Unique
from ..validators.transport.diffusivity import Diffusivity
from ..validators.verdict import Verdict
from .check_options import make_check
from .funnel import Funnel, result_of
from .inputs import Entry
from .recipe import Recipe
from .results import Answer, ScreeningResult

LARGEST_FOR_UNIQUE = 500  # atoms
PATIENCE_WITH_DYNAMICS = 24 * PATIENCE  # molecular dynamics of a hundred atoms in a dense crystal can take hours


def screened(entries: Iterable[Entry], recipe: Recipe, workers: int) -> Iterator[ScreeningResult]:
    """Results as they are finished, from ``workers`` processes; 0: from this process, in the order of ``entries``."""
    if workers < 1:
        yield from map(Funnel(recipe), entries)
        return
    slow = any(step.name == Diffusivity.name for step in recipe.steps)
    patience = PATIENCE_WITH_DYNAMICS if slow else PATIENCE
    yield from as_finished(partial(Funnel, recipe), iter(entries), workers, partial(_lost, recipe), patience)


def _lost(recipe: Recipe, entry: Entry, notes: list[Answer | str], why: str) -> ScreeningResult:
    """The result of a crystal whose worker process died: unknown, at the check that was running."""
    assert entry.crystal is not None
    answers = [note for note in notes if isinstance(note, Answer)]
    step = next((note for note in reversed(notes) if isinstance(note, str)), recipe.steps[0].key)
    if len(answers) < len(recipe.steps):
        answers.append(Answer(step, Verdict(step, None, reason=why), 0.0))
    return replace(result_of(entry, entry.crystal, answers, recipe.steps), stopped=step, reason=why)


def with_uniqueness(entries: Iterable[Entry], recipe: Recipe) -> Iterator[Entry]:
    """Entries with the verdict of ``unique``, if the recipe has this check.

    The check compares a crystal with all earlier ones, so it runs here, in the order of the input, not in a worker.
    """
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
