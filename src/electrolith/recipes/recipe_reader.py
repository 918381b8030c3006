"""Recipes from YAML, read strictly: every error names the file and the line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from yaml import YAMLError

from ..gen.errors import UserError, did_you_mean, shown
from ..gen.typed_values import read_value
from ..gen.yaml_lines import YamlLines
from ..gen.yaml_schema import yaml_text
from ..io.yaml_files import CONFIGS
from ..validators.check import Transform
from ..validators.mobile_ions import mobile_ion_named
from ..validators.structure.unique import Unique
from .check_options import ION, options_of, read_options, takes
from .recipe import BEST, GO, HIGH, LOW, STOP, TIME, Criterion, Recipe, Step, time_limit_of

ALIASES = {"electrolyte": "electrolyte-separator", "coating": "coating-cathode"}  # shorter names
Number = TypeVar("Number", int, float)
MOST_STEPS = 200  # checks, and criteria of the ranking; a file with more is damaged


def find_recipe(recipe: str | Path | Recipe | Mapping[str, Any]) -> Recipe:
    """A recipe by the name of a shipped one, from a YAML file, or from the content of one. Raises ``UserError``."""
    if isinstance(recipe, Recipe):
        return recipe
    if isinstance(recipe, Mapping):
        try:
            text = yaml_text(dict(recipe))
        except YAMLError as error:
            raise UserError(f"a recipe holds texts, numbers, lists and mappings only: {error}.") from error
        return read_recipe(YamlLines(text, "recipe"))
    path = Path(recipe)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return read_recipe(YamlLines.of_file(path))
    name = ALIASES.get(str(recipe), str(recipe))
    if name not in shipped_recipes():
        hint = did_you_mean(name, [*shipped_recipes(), *ALIASES])
        raise UserError(
            f"There is no recipe {str(recipe)!r}.{hint} Shipped: {', '.join(shipped_recipes())}; or give a YAML file."
        )
    return read_recipe(YamlLines.of_file(CONFIGS / f"{name}.yaml"))


def shipped_recipes() -> list[str]:
    """Names of the recipes in the package: the YAML files with a list of checks."""
    return sorted(f.stem for f in CONFIGS.glob("*.yaml") if "\nchecks:" in f.read_text(encoding="utf-8"))


def read_recipe(lines: YamlLines) -> Recipe:
    """A recipe from YAML. Raises ``UserError`` with the line of an unknown key, a wrong type or a wrong value."""
    values = lines.values
    if not isinstance(values, dict):
        raise UserError(f"{lines.name} holds no recipe: write `name:`, `description:`, `checks:` and `rank:`.")
    _only(values, ("name", "description", ION, "unknown", TIME, "checks", "rank"), lines)
    usual = _one_of(values.get("unknown", GO), (STOP, GO), "unknown", lines.at("unknown"))
    limit = _seconds(values[TIME], lines.at(TIME)) if TIME in values else None
    ion = _located(lines.at(ION), lambda: mobile_ion_named(values[ION]).symbol) if ION in values else None
    listed = values.get("checks")
    if not isinstance(listed, list) or not listed:
        raise UserError(f"{lines.at('checks')}: a recipe needs a list of checks, one `- check: NAME` each.")
    ranked = values.get("rank") or []
    if not isinstance(ranked, list):
        raise UserError(f"{lines.at('rank')}: rank: {shown(ranked)}: write a list, one `- by: CHECK` each.")
    for key, found in (("checks", listed), ("rank", ranked)):
        if len(found) > MOST_STEPS:
            raise UserError(f"{lines.at(key, MOST_STEPS)}: {key}: {len(found):,} entries: write at most {MOST_STEPS}.")
    steps: list[Step] = []
    counts: Counter[str] = Counter()
    for k, entry in enumerate(listed):
        steps.append(_step(_with_ion(entry, ion), usual, limit, counts, lines, k))
        at = lines.at("checks", k)
        if isinstance(steps[-1].check, Unique) and any(isinstance(s.check, Transform) for s in steps):
            raise UserError(f"{at}: unique compares crystals as they were read: put it before checks that change them.")
        if k and (before := steps[-2].best) not in (None, steps[-1].best):
            raise UserError(f"{at}: the check before it runs for the best {before} only: write best: {before}, too.")
    rank = tuple(_criterion(entry, steps, lines, k) for k, entry in enumerate(ranked))
    return Recipe(_text(lines, "name") or Path(lines.name).stem, _text(lines, "description"), tuple(steps), rank)


def _text(lines: YamlLines, key: str) -> str:
    """The text under a key, in one line; empty without the key."""
    value = lines.values.get(key)
    if value is not None and not isinstance(value, str | int | float):
        raise UserError(f"{lines.at(key)}: {key}: {shown(value)}: write a text.")
    return "" if value is None else " ".join(str(value).split())


def _with_ion(entry: Any, ion: str | None) -> Any:
    """An entry with the mobile ion of the recipe, if its check has that option and the entry names none."""
    name = entry.get("check") if isinstance(entry, dict) else None
    return {ION: ion, **entry} if ion and isinstance(name, str) and takes(name, ION) else entry


def _step(entry: Any, usual: str, limit: float | None, counts: Counter[str], lines: YamlLines, k: int) -> Step:
    at = lines.at("checks", k)
    if not isinstance(entry, dict) or not isinstance(entry.get("check"), str):
        raise UserError(f"{at}: write `- check: NAME` and its limits below it.")
    name = entry["check"]
    given = {word: value for word, value in entry.items() if word not in ("check", "unknown", TIME, BEST)}
    unknown = _one_of(entry.get("unknown", usual), (STOP, GO), "unknown", lines.at("checks", k, "unknown"))
    _located(at, lambda: options_of(name))  # refuses an unknown check
    if TIME in entry:
        limit = _seconds(entry[TIME], lines.at("checks", k, TIME))
    best = _best(entry[BEST], lines.at("checks", k, BEST)) if BEST in entry else None
    for word, value in given.items():  # one by one, so that an error has its line
        _located(lines.at("checks", k, word), lambda w=word, v=value: read_options(name, {w: v}))
    counts[name] += 1
    key = name if counts[name] == 1 else f"{name}_{counts[name]}"
    step = _located(at, lambda: Step(key, name, read_options(name, given), unknown, limit or time_limit_of(name), best))
    _located(at, lambda: step.check)
    return step


def _seconds(value: object, at: str) -> float:
    return _positive(float, value, f"{at}: {TIME}", "the longest time for one crystal in seconds, above 0")


def _best(value: object, at: str) -> int:
    return _positive(int, value, f"{at}: {BEST}", "how many of the best crystals it runs for, at least 1")


def _positive(kind: type[Number], value: object, at: str, wanted: str) -> Number:
    try:
        number = kind(read_value(kind, value))
    except ValueError:
        number = kind(0)
    if number <= 0:
        raise UserError(f"{at}: {shown(value)}: write {wanted}.")
    return number


def _criterion(entry: Any, steps: Sequence[Step], lines: YamlLines, k: int) -> Criterion:
    at = lines.at("rank", k)
    if not isinstance(entry, dict) or "by" not in entry:
        raise UserError(f"{at}: write `- by: CHECK`, `order: low` or `high`, and `weight: 1`.")
    _only(entry, ("by", "order", "weight"), lines, "rank", k)
    by, keys = str(entry["by"]), [s.key for s in steps if s.best is None]  # the others run later
    if by.partition(":")[0] not in keys:
        hint = f"{did_you_mean(by, keys)} It has {', '.join(keys)}."
        raise UserError(f"{at}: this recipe has no check {by!r} for all crystals.{hint}")
    order = _one_of(entry.get("order"), (LOW, HIGH), "order", at)
    try:
        weight = float(read_value(float, entry.get("weight", 1.0)))
    except ValueError:
        weight = 0.0
    if weight <= 0:
        raise UserError(f"{lines.at('rank', k, 'weight')}: weight {shown(entry['weight'])}: write a number above 0.")
    return Criterion(by, order, weight)


def _only(values: Mapping[str, Any], known: tuple[str, ...], lines: YamlLines, *where: str | int) -> None:
    for word in values:
        if word not in known:
            hint = did_you_mean(str(word), known)
            raise UserError(
                f"{lines.at(*where, word)}: {shown(word)} is unknown here.{hint} There are: {', '.join(known)}."
            )


def _one_of(value: object, known: tuple[str, str], what: str, at: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise UserError(f"{at}: {what}: {shown(value)}: write {known[0]} or {known[1]}.")
    return str(value)


def _located(at: str, make: Any) -> Any:
    try:
        return make()
    except UserError as error:
        raise UserError(f"{at}: {error}") from error
