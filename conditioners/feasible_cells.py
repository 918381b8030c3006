"""Whether any choice of Wyckoff positions can satisfy the constraints, asked before a model is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from ..gen.errors import UserError
from ..gen.skeleton.constraints import Constraints
from ..gen.skeleton.feasibility import fits, most_orbits
from .cell_size import LARGEST
from .space_group_symbols import space_group_symbol

NAMED = 3  # how many groups that could do instead a message names
SEARCHED = 2 * LARGEST  # atoms; larger cells are no help to anyone


def keep_feasible(constraints: Constraints, wanted: str = "") -> Constraints:
    """The constraints without the groups that cannot meet them; raises ``UserError`` when none of those asked can.

    ``wanted`` says in the message what the cell is to hold.
    """
    asked = constraints.space_groups
    possible = tuple(g for g in asked if smallest_cell((g,), constraints, constraints.max_atoms))
    if asked and not possible:
        raise UserError(_what_could(constraints, wanted))
    return replace(constraints, space_groups=possible)


def smallest_cell(space_groups: tuple[int, ...], constraints: Constraints, max_atoms: int) -> int | None:
    """Atoms of the smallest primitive cell with which one of the groups meets the constraints, None beyond a limit."""
    found = [next(cell_sizes(group, constraints, max_atoms), None) for group in space_groups]
    return min((atoms for atoms in found if atoms), default=None)


def cell_sizes(space_group: int, constraints: Constraints, max_atoms: int) -> Iterator[int]:
    """Numbers of atoms, from ``min_atoms`` to ``max_atoms``, with which a group's primitive cell meets constraints."""
    if constraints.formula is None:
        # every element that must occur needs an orbit
        orbits = max(1, len(constraints.required))
        most = most_orbits(space_group)[0]
        yield from (n for n in range(constraints.min_atoms, max_atoms + 1) if most[n] >= orbits)
        return
    counts = [count for _, count in sorted(constraints.formula.items())]
    atoms = sum(counts)
    for z in [constraints.z] if constraints.z else range(1, max_atoms // atoms + 1):
        if constraints.min_atoms <= z * atoms <= max_atoms and fits(space_group, [z * count for count in counts]):
            yield z * atoms


def _what_could(constraints: Constraints, wanted: str) -> str:
    """Why no group asked for can, which cell of theirs could, and which groups near by can as things are."""
    asked, high = constraints.space_groups, constraints.max_atoms
    what = wanted or (f"{len(constraints.required)} elements" if constraints.required else "any crystal")
    low = constraints.min_atoms
    size = f"at most {high}" if low == 1 else str(high) if low == high else f"{low} to {high}"
    text = f"no Wyckoff positions of {_all_named(asked)} hold {what} in a primitive cell of {size} atoms."
    larger = {g: n for g in asked if (n := smallest_cell((g,), constraints, SEARCHED))}
    if larger:
        group = min(larger, key=lambda g: larger[g])
        beyond = f", more than the {LARGEST} that the models know" if larger[group] > LARGEST else ""
        text += f" {_named(group)} can from {larger[group]} atoms{beyond}."
    near = sorted(set(range(1, 231)) - set(asked), key=lambda g: (min(abs(g - a) for a in asked), g))
    able = (group for group in near if smallest_cell((group,), constraints, high))
    others = tuple(islice(able, NAMED))
    return f"{text} The nearest groups that can as asked: {_all_named(others)}." if others else text


def _named(space_group: int) -> str:
    return f"{space_group_symbol(space_group)} ({space_group})"


def _all_named(groups: tuple[int, ...]) -> str:
    more = f" and {len(groups) - NAMED} more" if len(groups) > NAMED else ""
    return ", ".join(map(_named, groups[:NAMED])) + more
