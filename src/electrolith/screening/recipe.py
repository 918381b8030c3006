"""A recipe: which checks, in which order, with which limits, and how the survivors are ranked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from ..gen.errors import UserError, did_you_mean
from ..io.yaml_files import CONFIGS
from ..io.yaml_lines import Lines
from ..validators.check import Check, Transform
from ..validators.structure.unique import Unique
from .check_options import POTENTIAL, make_check, options_of, potential_of, read_options

STOP, GO = "stop", "go"
LOW, HIGH = "low", "high"


@dataclass(frozen=True)
class Step:
    """One check of a recipe; ``key`` names it in tables: the check's name, and a number where it is asked again."""

    key: str
    name: str
    options: Mapping[str, Any]
    unknown: str

    @cached_property
    def check(self) -> Check:
        """The check, made when it is first asked for."""
        return make_check(self.name, self.options)

    def __reduce__(self) -> tuple[type[Step], tuple[Any, ...]]:
        """Goes to other processes without the check, which is made there again."""
        return Step, (self.key, self.name, dict(self.options), self.unknown)


@dataclass(frozen=True)
class Criterion:
    """What makes a survivor good: ``by`` is a step, or ``step: detail``; the ``order`` low or high is better."""

    by: str
    order: str
    weight: float = 1.0


@dataclass(frozen=True)
class Recipe:
    """An ordered list of checks with their limits, and a ranking rule. See ``configs/electrolyte.yaml``."""

    name: str
    description: str
    steps: tuple[Step, ...]
    rank: tuple[Criterion, ...] = ()

    def as_mapping(self) -> dict[str, Any]:
        """What ``read_recipe`` reads, with every default written out."""
        return {
            "name": self.name,
            "description": self.description,
            "checks": [
                {"check": s.name, **_plain({n: o.default for n, o in options_of(s.name).items()} | dict(s.options))}
                | {"unknown": s.unknown}
                for s in self.steps
            ],
            "rank": [{"by": c.by, "order": c.order, "weight": c.weight} for c in self.rank],
        }

    def with_potential(self, potential: str) -> Recipe:
        """The same with another potential wherever one is used."""
        steps = [
            Step(s.key, s.name, {**s.options, POTENTIAL: potential}, s.unknown)
            if potential_of(s.name, s.options) is not None
            else s
            for s in self.steps
        ]
        return Recipe(self.name, self.description, tuple(steps), self.rank)

    def with_last(self, name: str) -> Recipe:
        """The same with one more check at the end, with its usual options, unless it is asked already.

        Raises ``UserError`` where the check needs a package that is not installed.
        """
        if any(step.name == name for step in self.steps):
            return self
        step = Step(name, name, {}, GO)
        _ = step.check
        return Recipe(self.name, self.description, (*self.steps, step), self.rank)


def find_recipe(recipe: str | Path | Recipe | Mapping[str, Any]) -> Recipe:
    """A recipe by the name of a shipped one, from a YAML file, or from what such a file says. Raises ``UserError``."""
    if isinstance(recipe, Recipe):
        return recipe
    if isinstance(recipe, Mapping):
        return read_recipe(Lines(yaml.safe_dump(dict(recipe), sort_keys=False), "recipe"))
    path = Path(recipe)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return read_recipe(Lines.of_file(path))
    if str(recipe) not in shipped():
        hint = did_you_mean(str(recipe), shipped())
        raise UserError(
            f"There is no recipe {str(recipe)!r}.{hint} Shipped: {', '.join(shipped())}; or give a YAML file."
        )
    return read_recipe(Lines.of_file(CONFIGS / f"{recipe}.yaml"))


def shipped() -> list[str]:
    """Names of the recipes in the package: the settings files that hold checks."""
    return sorted(f.stem for f in CONFIGS.glob("*.yaml") if "\nchecks:" in f.read_text(encoding="utf-8"))


def read_recipe(lines: Lines) -> Recipe:
    """A recipe from YAML. Raises ``UserError`` with the line, for anything that is not what it should be."""
    values = lines.values
    if not isinstance(values, dict):
        raise UserError(f"{lines.name} holds no recipe: write `name:`, `description:`, `checks:` and `rank:`.")
    _only(values, ("name", "description", "unknown", "checks", "rank"), lines)
    usual = _one_of(values.get("unknown", GO), (STOP, GO), "unknown", lines.at("unknown"))
    listed = values.get("checks")
    if not isinstance(listed, list) or not listed:
        raise UserError(f"{lines.at('checks')}: a recipe needs a list of checks, one `- check: NAME` each.")
    steps: list[Step] = []
    counts: Counter[str] = Counter()
    for k, entry in enumerate(listed):
        steps.append(_step(entry, usual, counts, lines, k))
        if isinstance(steps[-1].check, Unique) and any(isinstance(s.check, Transform) for s in steps):
            raise UserError(f"{lines.at('checks', k)}: unique compares crystals as they were read; put it further up.")
    name = values.get("name", Path(lines.name).stem)
    rank = tuple(_criterion(entry, steps, lines, k) for k, entry in enumerate(values.get("rank") or []))
    return Recipe(str(name), " ".join(str(values.get("description", "")).split()), tuple(steps), rank)


def _step(entry: Any, usual: str, counts: Counter[str], lines: Lines, k: int) -> Step:
    at = lines.at("checks", k)
    if not isinstance(entry, dict) or not isinstance(entry.get("check"), str):
        raise UserError(f"{at}: write `- check: NAME` and its limits below it.")
    name = entry["check"]
    given = {word: value for word, value in entry.items() if word not in ("check", "unknown")}
    unknown = _one_of(entry.get("unknown", usual), (STOP, GO), "unknown", lines.at("checks", k, "unknown"))
    _said_at(at, lambda: options_of(name))  # is there such a check?
    for word, value in given.items():  # one by one, for the line
        _said_at(lines.at("checks", k, word), lambda w=word, v=value: read_options(name, {w: v}))
    counts[name] += 1
    key = name if counts[name] == 1 else f"{name}_{counts[name]}"
    step = _said_at(at, lambda: Step(key, name, read_options(name, given), unknown))
    _said_at(at, lambda: step.check)
    return step


def _criterion(entry: Any, steps: Sequence[Step], lines: Lines, k: int) -> Criterion:
    at = lines.at("rank", k)
    if not isinstance(entry, dict) or "by" not in entry:
        raise UserError(f"{at}: write `- by: CHECK`, `order: low` or `high`, and `weight: 1`.")
    _only(entry, ("by", "order", "weight"), lines, "rank", k)
    by, keys = str(entry["by"]), [s.key for s in steps]
    if by.partition(":")[0] not in keys:
        raise UserError(f"{at}: this recipe does not ask {by!r}.{did_you_mean(by, keys)} It asks {', '.join(keys)}.")
    order = _one_of(entry.get("order"), (LOW, HIGH), "order", at)
    weight = entry.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or weight <= 0:
        raise UserError(f"{lines.at('rank', k, 'weight')}: weight {weight!r}: write a number above 0.")
    return Criterion(by, order, float(weight))


def _only(values: Mapping[str, Any], known: tuple[str, ...], lines: Lines, *where: str | int) -> None:
    for word in values:
        if word not in known:
            hint = did_you_mean(str(word), known)
            raise UserError(f"{lines.at(*where, word)}: {word!r} is unknown here.{hint} There are: {', '.join(known)}.")


def _one_of(value: object, known: tuple[str, str], what: str, at: str) -> str:
    if value not in known:
        raise UserError(f"{at}: {what}: {value!r}: write {known[0]} or {known[1]}.")
    return str(value)


def _said_at(at: str, make: Any) -> Any:
    try:
        return make()
    except UserError as error:
        raise UserError(f"{at}: {error}") from error


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    return {n: list(v) if isinstance(v, tuple) else v for n, v in options.items()}
