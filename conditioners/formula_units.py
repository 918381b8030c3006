"""Formula units in the primitive cell: a number, a list or a range."""

from __future__ import annotations

from collections.abc import Iterable

from ..gen.errors import UserError, shown
from ..gen.skeleton.site_counts import LARGEST


def formula_units(value: object) -> tuple[int, ...]:
    """The numbers of ``4``, ``1,2,4``, ``1..8``, ``2,4..8`` or [1, 2, 4], ascending.

    Raises ``UserError`` for anything else.
    """
    if isinstance(value, Iterable) and not isinstance(value, str):
        parts = [str(part) for part in value]
    else:
        parts = str(value).split(",") if isinstance(value, int | str) else [""]
    numbers: set[int] = set()
    for part in parts:
        ends = [_number(end, value) for end in part.split("..")]
        if len(ends) > 2:
            raise _fault(value)
        if ends[0] > ends[-1]:
            raise UserError(f"z = {shown(part.strip())}: the smaller number comes first, {ends[-1]}..{ends[0]}.")
        numbers |= set(range(ends[0], ends[-1] + 1))
    if not numbers:
        raise _fault(value)
    return tuple(sorted(numbers))


def units_text(units: tuple[int, ...]) -> str:
    """Numbers of formula units as ``formula_units`` reads them: ``4``, ``1..8``, ``1,2,4``."""
    if len(units) > 2 and units == tuple(range(units[0], units[-1] + 1)):
        return f"{units[0]}..{units[-1]}"
    return ",".join(map(str, units))


def _number(text: str, value: object) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 9) or int(text) < 1:
        raise _fault(value)
    if int(text) > LARGEST:
        raise UserError(f"z = {shown(text)}: more than {LARGEST} formula units; write fewer.")
    return int(text)


def _fault(value: object) -> UserError:
    return UserError(f"z = {shown(value)}: write whole numbers of formula units from 1, such as 4, 1,2,4 or 1..8.")
