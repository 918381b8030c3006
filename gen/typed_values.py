"""Reader of one value by its annotated type, as it is written in YAML or on a command line.

annotation                        accepted
int                               20, "20", 1e3; not true
float                             0.5, 1, "1e-3"; not NaN and not infinite
bool                              true, false, "yes", "no", "on", "off"
str                               text
Path                              text or a path
Literal["low", "high"]            one of these
tuple[T, ...], list, Sequence     a list, "a, b", or one value
Mapping[str, T]                   a mapping
A | B, A | None                   the first type that fits; null where None is allowed
Any, object                       anything
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from .errors import did_you_mean
from .typed_scalars import SCALARS, read_scalar

Read = Callable[[Any, object], Any]  # (type, value) -> value of that type
SEQUENCES = (tuple, list, Sequence)


def read_value(kind: Any, value: object, otherwise: Read | None = None) -> Any:
    """The value in its type ``kind``; ``otherwise`` reads types that this function does not know, such as records.

    Raises ``ValueError`` with what to write instead, e.g. ``write a number``.
    """
    origin = get_origin(kind)
    if kind in (Any, object):
        return value
    if kind in SCALARS:
        return read_scalar(kind, value)
    if origin is Literal:
        return _choice(get_args(kind), value)
    if kind in SEQUENCES or origin in SEQUENCES:
        return _sequence(kind, value, otherwise)
    composed = {Union: _union, UnionType: _union, Mapping: _mapping, dict: _mapping}.get(origin)
    if composed is not None:
        return composed(kind, value, otherwise)
    if otherwise is not None:
        return otherwise(kind, value)
    raise TypeError(f"values of type {kind} cannot be read")


def expected(kind: Any, plural: bool = False) -> str:
    """Words for a type in a message: ``a number``, ``a list of numbers``, ``low or high``."""
    origin = get_origin(kind)
    if kind in SCALARS:
        return SCALARS[kind][plural]
    if origin is Literal:
        return " or ".join(str(word) for word in get_args(kind))
    if origin in (Union, UnionType):
        kinds = [one for one in get_args(kind) if one is not NoneType]
        return " or ".join([*(expected(one) for one in kinds), *["null"] * (NoneType in get_args(kind))])
    if kind in SEQUENCES or origin in SEQUENCES:
        inner = [one for one in get_args(kind) if one is not ...]
        return f"a list of {expected(inner[0], plural=True) if inner else 'values'}"
    return "a mapping, one `name: value` a line"


def _choice(words: Sequence[Any], value: object) -> Any:
    if value in words and not isinstance(value, bool):
        return value
    hint = did_you_mean(str(value), map(str, words))
    raise ValueError(f"{' or '.join(map(str, words))}.{hint}" if hint else " or ".join(map(str, words)))


def _union(kind: Any, value: object, otherwise: Read | None) -> Any:
    kinds = [one for one in get_args(kind) if one is not NoneType]
    if value is None and NoneType in get_args(kind):
        return None
    listed = isinstance(value, Sequence) and (not isinstance(value, str) or "," in value)
    for one in sorted(kinds, key=lambda one: listed != _is_sequence(one)):
        try:
            return read_value(one, value, otherwise)
        except ValueError:
            continue
    raise ValueError(expected(kind))


def _mapping(kind: Any, value: object, otherwise: Read | None) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {str(key): read_value(get_args(kind)[1], one, otherwise) for key, one in value.items()}
    raise ValueError(expected(kind))


def _is_sequence(kind: Any) -> bool:
    return kind in SEQUENCES or get_origin(kind) in SEQUENCES


def _sequence(kind: Any, value: object, otherwise: Read | None) -> Any:
    inner = get_args(kind) or (Any, ...)
    if value is None or isinstance(value, Mapping):
        raise ValueError(expected(kind))
    values = [word.strip() for word in value.split(",")] if isinstance(value, str) else value
    values = list(values) if isinstance(values, Sequence) else [values]
    make = list if (get_origin(kind) or kind) is list else tuple
    if make is tuple and get_origin(kind) is tuple and ... not in inner:
        if len(values) != len(inner):
            raise ValueError(f"{expected(kind)}, {len(inner)} of them")
        return tuple(read_value(one, v, otherwise) for one, v in zip(inner, values, strict=True))
    try:
        return make(read_value(inner[0], v, otherwise) for v in values)
    except ValueError:
        raise ValueError(expected(kind)) from None
