"""Limits and options of a check: the typed keyword arguments of its constructor, read strictly."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from ..gen.errors import UserError, did_you_mean, shown
from ..gen.typed_values import read_value
from ..validators import ALIASES, VALIDATORS, Check, validator

ION = "mobile_ion"  # the option of checks of one mobile ion
POTENTIAL = "potential"  # the option of checks that compute energies
TYPES: dict[str, Any] = {  # annotation → type that is read; others can be given by Python code only
    "float": float, "int": int, "bool": bool, "str": str, "Path": str,
    "Sequence[str]": Sequence[str], "tuple[str, ...]": Sequence[str], "list[str]": Sequence[str],
    "Sequence[float]": Sequence[float], "tuple[float, ...]": Sequence[float], "list[float]": Sequence[float],
}  # fmt: skip


@dataclass(frozen=True)
class Option:
    """One option of a check.

    symbol   meaning
    name     name of the constructor's keyword
    kind     type of its value, or a union of types
    default  value if the option is not given
    """

    name: str
    kind: Any
    default: object

    def read(self, value: object) -> object:
        """The value in its type; raises ``UserError``."""
        try:
            return read_value(self.kind, value)
        except ValueError as error:
            raise UserError(f"{self.name}: {shown(value)} is not {error}.") from None


def options_of(name: str) -> dict[str, Option]:
    """The options of a check by name, without those that only Python code can give."""
    found = {}
    for parameter in inspect.signature(_known(name)).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        words = [word.strip() for word in inspect.formatannotation(parameter.annotation).strip("'\"").split("|")]
        types = [TYPES[word] for word in words if word in TYPES]
        if types:
            kind = reduce(or_, [*types, *[None] * ("None" in words)])
            default = None if parameter.default is parameter.empty else parameter.default
            found[parameter.name] = Option(parameter.name, kind, default)
    return found


def read_options(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Given options of a check, each in its type; raises ``UserError`` with a suggestion."""
    known = options_of(name)
    for word in given:
        if word not in known:
            listed = f" Its options: {', '.join(known)}." if known else " It has no options."
            raise UserError(f"check {name} has no option {word!r}.{did_you_mean(str(word), known)}{listed}")
    return {word: known[word].read(value) for word, value in given.items()}


def make_check(name: str, given: Mapping[str, Any]) -> Check:
    """The check with these options. Raises ``UserError`` for options that are unknown or refused."""
    return validator(name, **read_options(name, given))


def potential_of(name: str, given: Mapping[str, Any]) -> str | None:
    """The potential with which a check computes energies; None for a check that needs none."""
    option = options_of(name).get(POTENTIAL)
    if option is None or not isinstance(option.default, str):  # an electric potential in V
        return None
    return str(given.get(POTENTIAL, option.default))


def takes(name: str, option: str) -> bool:
    """Whether a check of this name exists and has the option."""
    return ALIASES.get(name, name) in VALIDATORS and option in options_of(name)


def question_of(name: str) -> str:
    """The question that a check answers."""
    return _known(name).question


def documentation_of(name: str) -> str:
    """Method, sources and options of a check: the docstrings of its module and of its class."""
    check = _known(name)
    return f"{inspect.getdoc(inspect.getmodule(check)) or ''}\n\n{inspect.getdoc(check) or ''}".strip()


def _known(name: str) -> type[Check]:
    name = ALIASES.get(name, name)
    if name not in VALIDATORS:
        raise UserError(
            f"No check is called {name!r}.{did_you_mean(name, VALIDATORS)} There are: {', '.join(VALIDATORS)}."
        )
    return VALIDATORS[name]
