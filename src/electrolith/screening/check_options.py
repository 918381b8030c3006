"""Limits and options of a check: the typed keyword arguments of its constructor, read strictly."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..gen.errors import UserError, did_you_mean
from ..validators import VALIDATORS, Check, validator

POTENTIAL = "potential"  # the option of checks that compute energies
NUMBER, WHOLE, TRUTH, WORD, WORDS, NUMBERS = "number", "whole number", "true or false", "word", "words", "numbers"
KINDS = {  # annotation → what a person writes
    "float": NUMBER, "int": WHOLE, "bool": TRUTH, "str": WORD, "Path": WORD,
    "Sequence[str]": WORDS, "tuple[str, ...]": WORDS, "list[str]": WORDS,
    "Sequence[float]": NUMBERS, "tuple[float, ...]": NUMBERS, "list[float]": NUMBERS,
}  # fmt: skip


@dataclass(frozen=True)
class Option:
    """One option of a check: the kinds of value that it takes, and its default."""

    name: str
    kinds: tuple[str, ...]
    default: object
    optional: bool

    def read(self, value: object) -> object:
        """The value in its type; raises ``UserError``."""
        if value is None and self.optional:
            return None
        kinds = (WORDS,) if WORDS in self.kinds and isinstance(value, str) and "," in value else self.kinds
        for kind in kinds:
            try:
                return _READERS[kind](value)
            except (TypeError, ValueError):
                continue
        nothing = ", or null for no limit" if self.optional else ""
        raise UserError(f"{self.name}: {value!r} is not a {' or '.join(self.kinds)}{nothing}.")


def options_of(name: str) -> dict[str, Option]:
    """The options of a check by name, without those that only Python code can give."""
    found = {}
    for parameter in inspect.signature(_known(name)).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        words = [word.strip() for word in inspect.formatannotation(parameter.annotation).strip("'\"").split("|")]
        kinds = tuple(KINDS[word] for word in words if word in KINDS)
        if kinds:
            default = None if parameter.default is parameter.empty else parameter.default
            found[parameter.name] = Option(parameter.name, kinds, default, "None" in words)
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
    if option is None or WORD not in option.kinds:  # a number: an electric potential in V
        return None
    return str(given.get(POTENTIAL, option.default))


def question_of(name: str) -> str:
    """The question that a check answers."""
    return _known(name).question


def documentation_of(name: str) -> str:
    """Method, sources and options of a check: the docstrings of its module and of its class."""
    check = _known(name)
    return f"{inspect.getdoc(inspect.getmodule(check)) or ''}\n\n{inspect.getdoc(check) or ''}".strip()


def _known(name: str) -> type[Check]:
    if name not in VALIDATORS:
        raise UserError(
            f"No check is called {name!r}.{did_you_mean(name, VALIDATORS)} There are: {', '.join(VALIDATORS)}."
        )
    return VALIDATORS[name]


def _number(value: object) -> float:
    if isinstance(value, bool):
        raise TypeError(value)
    return float(value)  # type: ignore[arg-type]  # YAML reads 1e-4 as text; a word raises


def _whole(value: object) -> int:
    number = _number(value)
    if number != int(number):
        raise ValueError(value)
    return int(number)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _several(value: object, one: Callable[[object], Any]) -> tuple[Any, ...]:
    values = value.split(",") if isinstance(value, str) else value
    if not isinstance(values, Sequence):
        values = [values]
    return tuple(one(v.strip() if isinstance(v, str) else v) for v in values)


_READERS: dict[str, Callable[[object], object]] = {
    NUMBER: _number,
    WHOLE: _whole,
    TRUTH: _truth,
    WORD: _word,
    WORDS: lambda value: _several(value, _word),
    NUMBERS: lambda value: _several(value, _number),
}
