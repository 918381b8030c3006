"""One check alone, on crystals in files, or on formulas where a composition is enough."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from ..disorder.cell_choice import NoOrderings
from ..gen.errors import UserError
from ..gen.formula_text import looks_like_formula
from ..gen.reading.path_faults import names_beside
from ..gen.yaml_lines import YamlLines
from ..recipes.check_options import Option, make_check, options_of, question_of
from ..validators import VALIDATORS
from ..validators.check import Check, CompositionCheck
from ..validators.structure.unique import Unique
from ..validators.thermodynamics.formulas import composition_of, formula_of
from ..validators.verdict import Verdict
from .funnel import run_check
from .inputs import ORDERINGS, numbered_entries, read_paths
from .ordered_models import OrderedModels
from .results import READING


@dataclass(frozen=True)
class SingleVerdict:
    """The verdict on one crystal or formula; ``remarks`` are those of the reader."""

    id: str
    formula: str
    verdict: Verdict
    remarks: str = ""


def list_checks() -> list[tuple[str, str, Mapping[str, Option]]]:
    """Name, question and options of every check."""
    return [(name, question_of(name), options_of(name)) for name in VALIDATORS]


def run_single_check(
    name: str, targets: Sequence[str], settings: Sequence[str], limit: int | None = None, orderings: int = ORDERINGS
) -> list[SingleVerdict]:
    """The verdicts of a check on crystals and formulas, in order. Raises ``UserError``.

    Each of ``targets`` is a path if a file or folder of that name exists, else a formula. ``orderings`` ordered models
    stand for each disordered crystal.
    """
    check = make_check(name, dict(_setting(text) for text in settings))
    paths = [target for target in targets if _exists(target)]
    formulas = [(target, _composition(check, target)) for target in targets if target not in paths]
    answers = chain(_of_crystals(check, paths, limit, orderings), _of_formulas(check, formulas))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(answers)


def _exists(target: str) -> bool:
    try:
        return Path(target).exists()
    except (OSError, ValueError):  # a name that is too long, or not one
        return False


def _of_crystals(check: Check, paths: Sequence[str], limit: int | None, orderings: int) -> Iterator[SingleVerdict]:
    if not paths:
        return
    for entry in numbered_entries(read_paths([Path(path) for path in paths], limit), orderings):
        if entry.disordered is not None:
            yield _of_models(check, OrderedModels(entry.disordered, entry.orderings, run_check), entry.id)
            continue
        if entry.crystal is None:
            yield SingleVerdict(entry.id, "", Verdict(READING, None, reason=entry.reason))
            continue
        verdict, _ = run_check(check, entry.crystal)
        if isinstance(check, Unique) and verdict.passed:
            check.add(entry.crystal)
        yield SingleVerdict(entry.id, entry.crystal.formula, verdict, "; ".join(entry.crystal.remarks))


def _of_models(check: Check, models: OrderedModels, name: str) -> SingleVerdict:
    try:
        verdict = models.ask(check, lambda one: one.passed is False)
    except NoOrderings as error:
        verdict = Verdict(READING, None, reason=str(error))
    best = models.best(make=False)
    remarks = models.crystal.remarks if best is None else best.remarks
    return SingleVerdict(name, models.formula, verdict, "; ".join(remarks))


def _of_formulas(check: Check, formulas: Sequence[tuple[str, Any]]) -> Iterator[SingleVerdict]:
    for text, composition in formulas:
        assert isinstance(check, CompositionCheck)
        yield SingleVerdict(text, formula_of(composition), check.check_composition(composition))


def _composition(check: Check, text: str) -> Any:
    if not isinstance(check, CompositionCheck):
        hint = names_beside(Path(text))
        what = "is a formula." if not hint and looks_like_formula(text) else f"does not exist.{hint}"
        raise UserError(
            f"{text[:200]} {what} Check {check.name} needs crystals: give a file (CIF, POSCAR, extxyz …) or a folder, "
            "not a formula."
        )
    try:
        return composition_of(text)
    except UserError as error:
        if re.search(r"[/\\]|\.[A-Za-z]\w{1,6}$", text):
            raise UserError(f"{text[:200]} is neither an existing path nor a formula.") from error
        raise UserError(f"{error} There is no file or folder of this name, either.") from error


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UserError(f"--set {text}: write OPTION=VALUE, e.g. oxidation_at_least=4.")
    try:
        return name.strip(), YamlLines(value, f"--set {name.strip()}").values
    except UserError:
        return name.strip(), value
