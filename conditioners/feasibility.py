"""Whether any choice of Wyckoff positions can satisfy the constraints, asked before a model is."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from ..gen.errors import UserError
from ..gen.skeleton.constraints import Constraints
from ..gen.symmetry.tables import wyckoff_tables
from .symbols import space_group_symbol


@cache
def cell_sizes(space_group: int, orbits: int, max_atoms: int) -> frozenset[int]:
    """Numbers of atoms, up to ``max_atoms``, that at least ``orbits`` orbits of a group can have in a primitive cell.

    A position without freedom holds one orbit at most, any other holds as many as one likes.
    """
    tables = wyckoff_tables()
    reached = {(0, 0)}  # (orbits, counted up to those needed; atoms)
    for position in tables.positions_of(space_group):
        size, repeats = int(tables.op_count[position]), 1 if tables.dof[position] == 0 else max_atoms
        added = reached
        for _ in range(repeats):
            added = {(min(k + 1, orbits), n + size) for k, n in added if n + size <= max_atoms} - reached
            if not added:
                break
            reached = reached | added
    return frozenset(n for k, n in reached if k == orbits and n > 0)


def keep_feasible(constraints: Constraints) -> Constraints:
    """The constraints without the groups that cannot meet them; raises ``UserError`` when none of those asked can."""
    if not constraints.space_groups:
        return constraints
    orbits = max(1, len(constraints.required))
    sizes = {g: cell_sizes(g, orbits, constraints.max_atoms) for g in constraints.space_groups}
    possible = tuple(g for g, found in sizes.items() if any(n >= constraints.min_atoms for n in found))
    if not possible:
        raise UserError(_too_small(constraints, orbits))
    return replace(constraints, space_groups=possible)


def _too_small(constraints: Constraints, orbits: int) -> str:
    largest = 4 * constraints.max_atoms + 96
    fits = {
        g: sorted(n for n in cell_sizes(g, orbits, largest) if n >= constraints.min_atoms)
        for g in constraints.space_groups
    }
    group, options = min(fits.items(), key=lambda item: item[1][:1] or [largest])
    low, high = constraints.min_atoms, constraints.max_atoms
    asked = f"{low} to {high} atoms" if low > 1 else f"at most {high} atoms"
    elements = "" if orbits == 1 else f" with {orbits} elements"
    advice = f"the next cell of {space_group_symbol(group)} has {options[0]}" if options else "ask for another group"
    return f"no crystal of the space group asked for has a primitive cell of {asked}{elements}; {advice}."
