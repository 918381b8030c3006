"""What a skeleton must be, whatever the model thinks: masks at sampling time that always hold."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Constraints:
    """Hard conditions on a skeleton; the default asks for nothing but at most 20 atoms.

    symbol        meaning
    space_groups  numbers allowed; empty: any
    allowed       atomic numbers that may occur; None: any the model knows
    required      atomic numbers that must occur
    formula       reduced formula as atomic number → count; None: any
    z             formula units in the primitive cell; None: any that fits
    min_atoms, max_atoms  atoms in the primitive cell, inclusive
    """

    space_groups: tuple[int, ...] = ()
    allowed: frozenset[int] | None = None
    required: frozenset[int] = frozenset()
    formula: dict[int, int] | None = field(default=None)
    z: int | None = None
    min_atoms: int = 1
    max_atoms: int = 20
