"""Records that an earlier run stored and a command reads back: a damaged or foreign file is named in one line."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from .errors import UserError, shown

Record = TypeVar("Record")
Fits = Callable[[Any], bool]
ANOTHER_FOLDER = "Give another -o, or --overwrite to start again"
AGAIN = "Delete it, and --resume does this part again"


@contextmanager
def reading_back(path: Path, instead: str = ANOTHER_FOLDER) -> Iterator[None]:
    """Reads what an earlier run stored in a file. Errors of content that no run writes are a ``UserError``.

    ``instead`` says what to do.
    """
    try:
        yield
    except UserError:
        raise
    except KeyError as error:
        raise UserError(f"{path} is damaged, or not a file of this run: {error} is missing. {instead}.") from error
    except (ValueError, TypeError, AttributeError, IndexError, ArithmeticError, RecursionError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0][:120].rstrip(".")
        raise UserError(f"{path} is damaged, or not a file of this run: {why}. {instead}.") from error


def stored_record(cls: type[Record], values: Mapping[str, Any]) -> Record:
    """The record with these fields. Raises ``TypeError`` for fields that are unknown, missing or of another type."""
    if not isinstance(values, Mapping):
        raise TypeError(f"{shown(values)} is not a mapping")
    checks = _checks(cls)  # type: ignore[arg-type]  # a class can be hashed
    for name, value in values.items():
        if name in checks and not checks[name](value):
            raise TypeError(f"{name} is {shown(value)}")
    return cls(**values)


@cache
def _checks(cls: type) -> dict[str, Fits]:
    kinds = get_type_hints(cls)
    return {one.name: _check(kinds[one.name]) for one in fields(cls)}


def _check(kind: Any) -> Fits:
    """Whether a value fits a type; an integer is a float, too, and a list is a tuple."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in (Any, object):
        return lambda _: True
    if origin in (Union, types.UnionType):
        options = [_check(one) for one in inner]
        return lambda value: any(fits(value) for fits in options)
    if origin is tuple and inner[-1] is Ellipsis:
        fits = _check(inner[0])
        return lambda value: isinstance(value, tuple | list) and all(map(fits, value))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        fits = _check(inner[1])
        return lambda value: isinstance(value, Mapping) and all(map(fits, value.values()))
    if kind in (int, float):
        allowed = (int, float) if kind is float else int
        return lambda value: isinstance(value, allowed) and not isinstance(value, bool)
    expected = origin or kind
    return lambda value: isinstance(value, expected)
