"""The checks that run after the ranking, on the best crystals only: those that take minutes for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..recipes.recipe import Recipe
from .funnel_workers import screened
from .inputs import Entry
from .rank_survivors import rank_results
from .results import ScreeningResult


def second_pass(done: Sequence[ScreeningResult], recipe: Recipe, workers: int) -> Iterator[ScreeningResult]:
    """Whole results of the best crystals, from their first results; none for those that have theirs already.

    The best are those of the ranking of all first results, so that a resumed run chooses the same ones.
    """
    steps = recipe.of_best.steps
    if not steps:
        return
    best = rank_results([_first(one, recipe) for one in done], recipe.of_all)[: steps[0].best]
    finished = {one.place for one in done if any(step.key in one.verdicts for step in steps)}
    waiting = {one.place: one for one in best if one.passed and one.place not in finished}
    entries = [Entry(one.place, one.id, one.crystal, source=one.source) for one in waiting.values()]
    for second in screened(entries, recipe.of_best, workers):
        first = waiting[second.place]
        kept = {name: getattr(first, name) for name in ("formula", "n_atoms", "group_before")}
        yield replace(second, answers=(*first.answers, *second.answers), **kept)


def with_second_pass(done: Sequence[ScreeningResult], recipe: Recipe, workers: int) -> list[ScreeningResult]:
    """All results, those of the best crystals whole."""
    whole = {one.place: one for one in (*done, *second_pass(done, recipe, workers))}
    return list(whole.values())


def _first(one: ScreeningResult, recipe: Recipe) -> ScreeningResult:
    """The result without the checks that run after the ranking."""
    late = {step.key for step in recipe.of_best.steps}
    answers = tuple(answer for answer in one.answers if answer.step not in late)
    stopped, reason = ("", "") if one.stopped in late else (one.stopped, one.reason)
    return replace(one, answers=answers, stopped=stopped, reason=reason)
