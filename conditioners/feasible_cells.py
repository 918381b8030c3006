"""Feasibility of constraints: whether any choice of Wyckoff positions can satisfy them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from ..gen.cell_limits import MAX_ATOMS
from ..gen.errors import UserError
from ..gen.skeleton.constraints import Constraints
from ..gen.skeleton.feasibility import fits
from ..gen.skeleton.site_counts import most_orbits
from .space_group_symbols import space_group_symbol

NAMED = 3  # space groups that a message names
SEARCHED = 2 * MAX_ATOMS  # atoms of the largest cells that a message names


def keep_feasible(constraints: Constraints, content: str = "") -> Constraints:
    """The constraints without the space groups that cannot meet them.

    Raises ``UserError`` when no group can; ``content`` names in the message what the cell should hold.
    """
    requested = constraints.space_groups
    possible = tuple(g for g in requested if smallest_cell((g,), constraints, constraints.max_atoms))
    if requested and not possible:
        raise UserError(_infeasible(constraints, content))
    return replace(constraints, space_groups=possible)


def smallest_cell(space_groups: tuple[int, ...], constraints: Constraints, max_atoms: int) -> int | None:
    """Atoms of the smallest primitive cell in which one of the groups meets the constraints.

    None if that has more than ``max_atoms``.
    """
    sizes = [next(cell_sizes(group, constraints, max_atoms), None) for group in space_groups]
    return min((atoms for atoms in sizes if atoms), default=None)


def cell_sizes(space_group: int, constraints: Constraints, max_atoms: int) -> Iterator[int]:
    """Numbers of atoms, from ``min_atoms`` to ``max_atoms``, with which a group can meet the constraints."""
    if constraints.formula is None:
        # every required element needs an orbit
        orbits = max(1, len(constraints.required))
        most = most_orbits(space_group)[0]
        yield from (n for n in range(constraints.min_atoms, max_atoms + 1) if most[n] >= orbits)
        return
    counts = [count for _, count in sorted(constraints.formula.items())]
    atoms = sum(counts)
    for z in constraints.z or range(1, max_atoms // atoms + 1):
        if constraints.min_atoms <= z * atoms <= max_atoms and fits(space_group, [z * count for count in counts]):
            yield z * atoms


def _infeasible(constraints: Constraints, content: str) -> str:
    """Message: what is infeasible, in which larger cell it is feasible, and in which other space groups."""
    requested, high = constraints.space_groups, constraints.max_atoms
    what = content or (f"{len(constraints.required)} elements" if constraints.required else "any crystal")
    low = constraints.min_atoms
    size = f"at most {high}" if low == 1 else str(high) if low == high else f"{low} to {high}"
    text = f"no Wyckoff positions of {_all_named(requested)} hold {what} in a primitive cell of {size} atoms."
    larger = {g: n for g in requested if (n := smallest_cell((g,), constraints, SEARCHED))}
    if larger:
        group = min(larger, key=lambda g: larger[g])
        beyond = f", more than the {MAX_ATOMS} that the models know" if larger[group] > MAX_ATOMS else ""
        text += f" {_named(group)} can from {larger[group]} atoms{beyond}."
    near = sorted(set(range(1, 231)) - set(requested), key=lambda g: (min(abs(g - r) for r in requested), g))
    able = (group for group in near if smallest_cell((group,), constraints, high))
    others = tuple(islice(able, NAMED))
    return f"{text} The nearest groups that can: {_all_named(others)}." if others else text


def _named(space_group: int) -> str:
    return f"{space_group_symbol(space_group)} ({space_group})"


def _all_named(groups: tuple[int, ...]) -> str:
    more = f" and {len(groups) - NAMED} more" if len(groups) > NAMED else ""
    return ", ".join(map(_named, groups[:NAMED])) + more
