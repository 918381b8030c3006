"""One check alone: on the crystals of paths, or on formulas where a composition is enough."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from ..gen.errors import UserError
from ..validators import VALIDATORS
from ..validators.check import Check, CompositionCheck
from ..validators.structure.unique import Unique
from ..validators.verdict import Verdict
from .check_options import Option, make_check, options_of, question_of
from .funnel import asked
from .inputs import numbered, read_paths
from .results import READING


@dataclass(frozen=True)
class Alone:
    """The verdict on one crystal or formula."""

    id: str
    formula: str
    verdict: Verdict


def listed() -> list[tuple[str, str, Mapping[str, Option]]]:
    """Name, question and options of every check."""
    return [(name, question_of(name), options_of(name)) for name in VALIDATORS]


def ask_alone(name: str, targets: Sequence[str], settings: Sequence[str], limit: int | None = None) -> list[Alone]:
    """The verdicts of a check on crystals and formulas, in order. Raises ``UserError``.

    A target is a path if there is one of that name, else a formula.
    """
    check = make_check(name, dict(_setting(text) for text in settings))
    paths = [target for target in targets if Path(target).exists()]
    formulas = [(target, _composition(check, target)) for target in targets if target not in paths]
    answers = chain(_of_crystals(check, paths, limit), _of_formulas(check, formulas))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(answers)


def _of_crystals(check: Check, paths: Sequence[str], limit: int | None) -> Iterator[Alone]:
    if not paths:
        return
    for entry in numbered(read_paths([Path(path) for path in paths], limit)):
        if entry.crystal is None:
            yield Alone(entry.id, "", Verdict(READING, False, reason=entry.reason))
            continue
        verdict, _ = asked(check, entry.crystal)
        if isinstance(check, Unique) and verdict.passed:
            check.add(entry.crystal)
        yield Alone(entry.id, entry.crystal.formula, verdict)


def _of_formulas(check: Check, formulas: Sequence[tuple[str, Any]]) -> Iterator[Alone]:
    for text, composition in formulas:
        assert isinstance(check, CompositionCheck)
        yield Alone(text, composition.reduced_formula, check.check_composition(composition))


def _composition(check: Check, text: str) -> Any:
    from pymatgen.core import Composition

    if not isinstance(check, CompositionCheck):
        raise UserError(f"{text} does not exist, and check {check.name} needs a crystal, not a formula.")
    try:
        composition = Composition(text, strict=True)
    except (ValueError, KeyError, AttributeError):
        composition = None
    if not composition:
        raise UserError(f"{text} is neither a path that exists nor a formula.")
    return composition


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UserError(f"--set {text}: write OPTION=VALUE, e.g. oxidation_at_least=4.")
    try:
        return name.strip(), yaml.safe_load(value)
    except yaml.YAMLError:
        return name.strip(), value
