"""A recipe: an ordered list of checks with their limits, and the ranking of the survivors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..validators.check import Check
from ..validators.transport.diffusivity import Diffusivity
from .check_options import POTENTIAL, make_check, options_of, potential_of

STOP, GO = "stop", "go"
LOW, HIGH = "low", "high"
TIME, BEST = "time_limit", "best"  # keys in a recipe
TIME_LIMIT = 600.0  # s for one check of one crystal
SLOW_CHECKS = {Diffusivity.name: 24 * 3600.0}  # s; molecular dynamics of a hundred atoms can take hours


def time_limit_of(name: str) -> float:
    """Time limit of a check for which the recipe gives none, s."""
    return SLOW_CHECKS.get(name, TIME_LIMIT)


@dataclass(frozen=True)
class Step:
    """One check of a recipe.

    symbol      meaning
    key         name of the step in tables: the check's name, with a number from the second time on
    name        the check
    options     its options; all others have their defaults
    unknown     ``stop`` or ``go``: what happens to a crystal whose verdict is unknown
    time_limit  longest time for one crystal in a worker process, s; the verdict beyond it is unknown
    best        number of the best crystals that the check sees, after the ranking; None: it sees all
    """

    key: str
    name: str
    options: Mapping[str, Any]
    unknown: str
    time_limit: float = TIME_LIMIT
    best: int | None = None

    @cached_property
    def check(self) -> Check:
        """The check, created on first use."""
        return make_check(self.name, self.options)

    def __reduce__(self) -> tuple[type[Step], tuple[Any, ...]]:
        """Pickles the step without its check, which the other process makes again."""
        return Step, (self.key, self.name, dict(self.options), self.unknown, self.time_limit, self.best)


@dataclass(frozen=True)
class Criterion:
    """One ranking criterion: the value of a step or of its detail (``step: detail``); low or high is better."""

    by: str
    order: str
    weight: float = 1.0


@dataclass(frozen=True)
class Recipe:
    """An ordered list of checks with their limits, and ranking criteria. Example:
    ``configs/electrolyte-separator.yaml``.
    """

    name: str
    description: str
    steps: tuple[Step, ...]
    rank: tuple[Criterion, ...] = ()

    def as_mapping(self) -> dict[str, Any]:
        """The recipe as ``read_recipe`` reads it, with every default written out."""
        return {
            "name": self.name,
            "description": self.description,
            "checks": [
                {"check": s.name, **_plain({n: o.default for n, o in options_of(s.name).items()} | dict(s.options))}
                | {"unknown": s.unknown, TIME: s.time_limit}
                | ({} if s.best is None else {BEST: s.best})
                for s in self.steps
            ],
            "rank": [{"by": c.by, "order": c.order, "weight": c.weight} for c in self.rank],
        }

    def with_potential(self, potential: str) -> Recipe:
        """The recipe with another potential in every check that uses one."""
        steps = [s for s in self.steps if potential_of(s.name, s.options) is not None]
        changed = {s.key: replace(s, options={**s.options, POTENTIAL: potential}) for s in steps}
        return replace(self, steps=tuple(changed.get(s.key, s) for s in self.steps))

    def with_last(self, name: str) -> Recipe:
        """The recipe with one more check of all crystals, the last of these, unless it is in the recipe already.

        Raises ``UserError`` where the check needs a package that is not installed.
        """
        if any(step.name == name for step in self.steps):
            return self
        step = Step(name, name, {}, GO, time_limit_of(name))
        _ = step.check
        return replace(self, steps=(*self.of_all.steps, step, *self.of_best.steps))

    @property
    def of_all(self) -> Recipe:
        """The recipe without the checks that run after the ranking."""
        return replace(self, steps=tuple(step for step in self.steps if step.best is None))

    @property
    def of_best(self) -> Recipe:
        """The checks that run after the ranking; it may have none."""
        return replace(self, steps=tuple(step for step in self.steps if step.best is not None))


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    return {n: list(v) if isinstance(v, tuple) else v for n, v in options.items()}
