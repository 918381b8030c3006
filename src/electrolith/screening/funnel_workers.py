"""Many crystals through a funnel, in this process or in worker processes, as results are finished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from ..gen.crystal import Crystal
from ..parallel.crash_tolerant_pool import TOO_LONG, Again, as_finished
from ..recipes.check_options import make_check
from ..recipes.recipe import GO, Recipe, Step
from ..validators.check import flaw_of
from ..validators.structure.matching import formula_key
from ..validators.structure.unique import Unique
from ..validators.verdict import Verdict
from .funnel import Funnel, result_of
from .inputs import Entry
from .results import Answer, ScreeningResult

LARGEST_FOR_UNIQUE = 500  # atoms


def screened(entries: Iterable[Entry], recipe: Recipe, workers: int) -> Iterator[ScreeningResult]:
    """Results as they are finished, from ``workers`` processes; 0: from this process, in the order of ``entries``."""
    if workers < 1:
        yield from map(Funnel(recipe), entries)
        return
    make, lost, patience = partial(Funnel, recipe), partial(lost_result, recipe), partial(_patience, recipe)
    yield from as_finished(make, iter(entries), workers, lost, patience)


def _step_of(recipe: Recipe, notes: Sequence[Answer | str]) -> Step:
    """The step that was running when these notes were the last."""
    key = next((note for note in reversed(notes) if isinstance(note, str)), recipe.steps[0].key)
    return next(step for step in recipe.steps if step.key == key)


def _patience(recipe: Recipe, notes: Sequence[Answer | str]) -> float:
    """Time for the next note: the limit of the running check."""
    return _step_of(recipe, notes).time_limit


def lost_result(recipe: Recipe, entry: Entry, notes: list[Answer | str], why: str) -> ScreeningResult | Again[Entry]:
    """The result of a crystal whose worker process is lost: unknown, at the check that was running.

    Where an unknown verdict does not stop the crystal and the check took too long, the crystal is screened once more
    without this check.
    """
    answers = [note for note in notes if isinstance(note, Answer)]
    step = _step_of(recipe, notes)
    if why.startswith(TOO_LONG):
        why = f"{why} (time_limit of the recipe)"
        if step.unknown == GO and step.key not in entry.skipped:
            return Again(replace(entry, skipped={**entry.skipped, step.key: why}))
    if len(answers) < len(recipe.steps):
        answers.append(Answer(step.key, Verdict(step.name, None, reason=why), 0.0))
    return replace(result_of(entry, entry.crystal, answers, recipe.steps), stopped=step.key, reason=why)


def with_uniqueness(
    entries: Iterable[Entry], recipe: Recipe, done: Mapping[int, bool | None] = MappingProxyType({})
) -> Iterator[Entry]:
    """Entries with the verdict of ``unique``, if the recipe has this check, without those that are ``done``.

    The check compares a crystal with all earlier ones, so it runs here, in the order of the input, not in a worker.
    ``done`` says by place whether a finished crystal was unique (None: not recorded, so it is compared again). Finished
    crystals are prepared for a comparison when another of their formula comes: a large run resumes quickly.
    """
    step = next((s for s in recipe.steps if isinstance(s.check, Unique)), None)
    if step is None:
        yield from (entry for entry in entries if entry.place not in done)
        return
    unique = make_check(step.name, step.options)
    assert isinstance(unique, Unique)
    waiting: dict[int, list[Crystal]] = defaultdict(list)
    for entry in entries:
        crystal = entry.crystal
        if crystal is None or len(crystal) > LARGEST_FOR_UNIQUE or flaw_of(crystal):
            found = entry if crystal is None else replace(entry, unique=_not_compared(unique, crystal))
        elif done.get(entry.place) is not None:
            if done[entry.place]:
                waiting[formula_key(crystal)].append(replace(crystal, name=entry.id))
            continue
        else:
            for earlier in waiting.pop(formula_key(crystal), ()):
                unique.add(earlier)
            verdict = unique.check(crystal)
            if verdict.passed:
                unique.add(replace(crystal, name=entry.id))
            found = replace(entry, unique=verdict)
        if entry.place not in done:
            yield found


def _not_compared(unique: Unique, crystal: Crystal) -> Verdict:
    """The verdict on a crystal that is too large, or that describes no crystal."""
    if len(crystal) > LARGEST_FOR_UNIQUE:
        reason = f"more than {LARGEST_FOR_UNIQUE} atoms (limit of this check)"
        return Verdict(unique.name, None, reason=reason)
    return unique.check(crystal)
