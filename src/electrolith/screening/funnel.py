"""One crystal through the checks of a recipe, in order, until one of them stops it."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec

from ..disorder.cell_choice import NoOrderings
from ..gen.crystal import Crystal
from ..gen.errors import UserError, unexpected
from ..recipes.check_options import potential_of
from ..recipes.recipe import STOP, Recipe, Step
from ..validators.check import Check, Transform, flaw_of
from ..validators.relaxation.potentials import POTENTIALS, potential_named
from ..validators.structure.symmetry import found_space_group
from ..validators.structure.unique import Unique
from ..validators.verdict import Verdict
from .inputs import Entry
from .ordered_models import OrderedModels
from .results import READING, Answer, ScreeningResult

LARGEST_FOR_SYMMETRY = 1000  # atoms; spglib takes seconds beyond
Report = Callable[[Answer | str], None]


def require_potentials(recipe: Recipe) -> None:
    """Raises ``UserError`` with the install command if the recipe needs a potential that is not installed."""
    for step in recipe.steps:
        potential = potential_of(step.name, step.options)
        if potential is None:
            continue
        install = potential_named(potential).install
        package = potential.partition("-")[0] if potential in POTENTIALS else potential.partition(":")[0]
        try:
            found = find_spec(package)
        except ModuleNotFoundError:  # its parent package is missing
            found = None
        if found is None:
            raise UserError(f"check {step.name}: the potential {potential} is not installed: {install}")


class Funnel:
    """A recipe as a function: crystal → result."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    def __call__(self, entry: Entry, report: Report = lambda _: None) -> ScreeningResult:
        """The result of one crystal; ``report`` is called with each step before it runs, and with each answer."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return self._screen(entry, report)
            except NoOrderings as error:
                return _unread(entry, str(error))
            except Exception as error:  # noqa: BLE001  one bad crystal must never end a run
                reason = f"could not be screened: {unexpected(error, 'screening')}"
                return _unread(entry, reason)

    def _screen(self, entry: Entry, report: Report) -> ScreeningResult:
        crystal, models = entry.crystal, None
        if crystal is None and entry.disordered is not None:
            models = OrderedModels(entry.disordered, entry.orderings, run_check)
        elif crystal is None:
            return _unread(entry, entry.reason)
        answers: list[Answer] = []
        before = None if crystal is None else _group(crystal)
        for step in self.recipe.steps:
            report(step.key)
            start = time.perf_counter()
            if step.key in entry.skipped:
                verdict = Verdict(step.name, None, reason=entry.skipped[step.key])
            elif models is not None:
                verdict = models.ask(step.check, partial(stops, step), partial(report, step.key))
            elif crystal is not None:
                verdict, crystal = run_check(step.check, crystal, entry.unique)
            answers.append(Answer(step.key, verdict, time.perf_counter() - start))
            report(answers[-1])
            if stops(step, verdict):
                break
        if models is not None:
            crystal = models.best(make=not answers or not stops(step, verdict))
        return result_of(entry, crystal, answers, self.recipe.steps, before)


def _unread(entry: Entry, reason: str) -> ScreeningResult:
    return ScreeningResult(entry.place, entry.id, entry.crystal, stopped=READING, reason=reason, source=entry.source)


def result_of(
    entry: Entry, crystal: Crystal | None, answers: Sequence[Answer], steps: Sequence[Step], before: int | None = None
) -> ScreeningResult:
    """The result of an entry with these answers; ``crystal`` is the crystal after the last step, None without one."""
    stopped, reason = "", ""
    for step, answer in zip(steps, answers, strict=False):
        if stops(step, answer.verdict):
            stopped, reason = step.key, answer.verdict.reason
    formula, atoms, group = "" if entry.disordered is None else entry.disordered.formula, None, before
    if crystal is not None:
        atoms, group = len(crystal), before if crystal is entry.crystal else _group(crystal)
        formula = formula or ("" if flaw_of(crystal) else crystal.formula)
    return ScreeningResult(
        entry.place, entry.id, crystal, tuple(answers), stopped, reason, formula, atoms, before, group,
        source=entry.source,
    )  # fmt: skip


def stops(step: Step, verdict: Verdict) -> bool:
    """Whether a verdict stops a crystal; a near miss does not."""
    return step.unknown == STOP if verdict.passed is None else not (verdict.passed or verdict.near_miss)


def run_check(check: Check, crystal: Crystal, unique: Verdict | None = None) -> tuple[Verdict, Crystal]:
    """The verdict of a check, and the crystal for the next check. Never raises."""
    if isinstance(check, Unique) and unique is not None:  # decided where all crystals are known
        return unique, crystal
    if not isinstance(check, Transform) or flaw_of(crystal):
        return check.check(crystal), crystal
    try:
        verdict, changed = check.apply(crystal)
    except Exception as error:  # noqa: BLE001  one bad crystal must never end a run
        return Verdict(check.name, None, reason=f"could not be done: {unexpected(error, check.name)}"), crystal
    return verdict, crystal if changed is None else changed


def _group(crystal: Crystal) -> int | None:
    return found_space_group(crystal) if len(crystal) <= LARGEST_FOR_SYMMETRY else None
