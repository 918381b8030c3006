"""Constraints of a run: those of its targets, with the framework of ``like`` where it is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ase.data import chemical_symbols

from ..conditioners.base import words
from ..conditioners.element_constraints import TRAINED_ELEMENTS, element, symbols
from ..conditioners.space_group_symbols import space_group_symbol
from ..conditioners.targets import Targets
from ..gen.cell_limits import MAX_ATOMS
from ..gen.errors import UserError
from ..gen.skeleton.constraints import Constraints
from ..gen.skeleton.feasible_groups import feasible_groups
from ..gen.skeleton.framework import Framework
from .framework_charges import neutral_numbers
from .framework_file import FrameworkFile, framework_of_file
from .options import ANY, GenerationOptions

ROOM = 2  # of the atoms that are drawn anew: the default limit
LEAST_ROOM = 8  # atoms


def requested_constraints(targets: Targets, options: GenerationOptions) -> Constraints:
    """The constraints of the skeletons of a run. Raises ``UserError`` where no crystal can have the framework."""
    constraints = targets.constraints()
    if not options.like:
        return constraints
    if constraints.formula is not None:
        raise UserError("a formula does not go with like, which keeps a framework: give n_atoms or elements instead.")
    file = framework_of_file(options.like, _elements(options.redraw))
    group = file.framework.space_group
    if constraints.space_groups and group not in constraints.space_groups:
        raise UserError(
            f"{file.path} has space group {group} ({space_group_symbol(group)}), which like keeps: leave out the space "
            "group and the crystal system."
        )
    constraints = _with_elements(constraints, file, options.infill)
    present = sum(file.framework.composition.values())
    if targets.size_requested and constraints.max_atoms <= present:
        raise UserError(f"{file.path}: its framework has {present} atoms in the primitive cell; allow more atoms.")
    if not targets.size_requested:
        room = max(LEAST_ROOM, round(ROOM * sum(file.redrawn.values())))
        constraints = replace(constraints, min_atoms=1, max_atoms=min(MAX_ATOMS, present + room))
    if present >= MAX_ATOMS:
        raise UserError(
            f"{file.path}: its framework has {present} atoms in the primitive cell; the models know cells of at most "
            f"{MAX_ATOMS}."
        )
    return _with_sizes(constraints, file, options.charge)


def _with_elements(constraints: Constraints, file: FrameworkFile, infill: str) -> Constraints:
    """The constraints with the framework; its infill is what is drawn anew, and what targets require."""
    kept = frozenset(file.framework.elements.tolist())
    allowed = TRAINED_ELEMENTS if constraints.allowed is None else constraints.allowed
    if lost := kept - allowed:
        raise UserError(
            f"{file.path}: its framework holds {symbols(lost)}, which the targets or the models exclude; redraw it."
        )
    if infill == ANY:
        new = allowed
    elif infill:
        new = _elements(infill)
    else:
        new = (frozenset(file.redrawn) & allowed) | (constraints.required - kept)
    if lost := new - allowed:
        raise UserError(f"infill: {symbols(lost)} is excluded by the targets; change one of them.")
    if lost := constraints.required - kept - new:
        raise UserError(f"the targets require {symbols(lost)}, which is neither in the framework nor in infill.")
    if not new:
        raise UserError(f"{file.path}: no element is left for new orbits; name some, e.g. --infill Li.")
    orbits = file.framework
    framework = Framework(
        orbits.space_group,
        tuple(orbits.positions.tolist()),
        tuple(orbits.elements.tolist()),
        tuple(map(tuple, orbits.theta.tolist())),
        tuple(orbits.lattice.tolist()),
        new,
    )
    required = constraints.required | kept | (new if len(new) == 1 else frozenset())
    return replace(
        constraints,
        space_groups=(orbits.space_group,),
        allowed=kept | new,
        required=required,
        framework=framework,
    )


def _with_sizes(constraints: Constraints, file: FrameworkFile, charge: bool) -> Constraints:
    """The constraints with the numbers of atoms that are neutral, where one element alone is drawn."""
    framework = constraints.framework
    assert framework is not None
    numbers: Iterable[int] = range(1, constraints.max_atoms - framework.n_atoms + 1)
    what = ",".join(chemical_symbols[z] for z in sorted(framework.infill))
    if charge and len(framework.infill) == 1:
        (new,) = framework.infill
        numbers = neutral_numbers(framework.composition, file.redrawn, new, constraints.max_atoms - framework.n_atoms)
        if not numbers:
            raise UserError(
                f"{file.path}: no number of {what} atoms up to {constraints.max_atoms - framework.n_atoms} balances "
                "the charges of the framework; draw other elements (--infill), or give --no-charge."
            )
        framework = replace(framework, sizes=frozenset(framework.n_atoms + n for n in numbers))
        constraints = replace(constraints, framework=framework)
    if not feasible_groups(constraints, MAX_ATOMS).any():
        asked = f"{what}, {' or '.join(map(str, numbers))} atoms for neutral charges" if framework.sizes else what
        group = framework.space_group
        raise UserError(
            f"{file.path}: the free Wyckoff positions of {space_group_symbol(group)} ({group}) cannot hold the new "
            f"orbits ({asked}); start from a crystal of lower symmetry, e.g. one of `electrolith order`."
        )
    return constraints


def _elements(text: str) -> frozenset[int]:
    return frozenset(element(word) for word in words(text, ",- "))
