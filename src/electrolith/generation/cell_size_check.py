"""Cells that are requested against those that the weights can draw, and against the known cells of a formula."""

from __future__ import annotations

from ..conditioners.feasible_cells import smallest_cell
from ..conditioners.space_group_symbols import space_group_symbol
from ..conditioners.targets import Targets
from ..gen.cell_limits import MAX_ATOMS
from ..gen.data.usual_cells import UsualCell, usual_cell
from ..gen.errors import UserError
from ..gen.skeleton.feasible_groups import feasible_groups
from .candidate_source import CandidateSource
from .framework_request import requested_constraints
from .options import GenerationOptions


def most_atoms_of(sampler: CandidateSource) -> int:
    """Atoms of the largest primitive cell that the models draw."""
    return int(getattr(sampler, "most_atoms", MAX_ATOMS))


def check_cell_size(
    targets: Targets,
    most_atoms: int,
    options: GenerationOptions = GenerationOptions(),  # noqa: B008  it is frozen
) -> None:
    """Raises ``UserError`` for cells that the models cannot draw, and where the cells would be smaller than usual.

    The models draw at most ``most_atoms`` atoms. Cells are smaller than usual where a formula is given without any size
    and its known crystal, or that of a like formula, is larger than the default limit.
    """
    constraints = requested_constraints(targets, options)
    if (framework := constraints.framework) is not None:
        if not feasible_groups(constraints, most_atoms).any():
            least = min(framework.sizes, default=framework.n_atoms + 1)
            raise UserError(
                f"{options.like}: primitive cells of {least} atoms: these weights draw at most {most_atoms}."
            )
        return
    if targets.open_formula is not None and constraints.formula is not None:
        usual = usual_cell(constraints.formula)
        if usual is not None and usual.atoms > min(constraints.max_atoms, most_atoms):
            raise UserError(_smaller_than_usual(targets.open_formula.text, constraints.formula, usual, most_atoms))
    groups = constraints.space_groups or (1,)  # which holds whatever any other holds
    asked = constraints.max_atoms if targets.size_requested else smallest_cell(groups, constraints, MAX_ATOMS)
    if asked is not None and asked > most_atoms:
        cells = f"cells of {asked} atoms" if targets.size_requested else f"cells that fit have {asked} atoms or more"
        raise UserError(f"primitive {cells}: these weights draw at most {most_atoms}.")


def _smaller_than_usual(text: str, formula: dict[int, int], usual: UsualCell, most_atoms: int) -> str:
    from pymatgen.core import Composition, Element

    unit = sum(formula.values())
    like = Composition({Element.from_Z(z).symbol: n for z, n in usual.formula.items()}).reduced_formula
    whose = "its known crystal" if usual.formula == formula else f"the known crystal of the like formula {like}"
    known = f"{whose} ({usual.name}) has {usual.atoms} in the primitive cell ({space_group_symbol(usual.space_group)}"
    if usual.atoms > most_atoms:
        reach = f"these weights draw at most {most_atoms}. Write --z 1 for one formula unit all the same"
    else:
        reach = f"write --z {usual.z} for such cells (or --max-atoms {usual.atoms}), or --z 1 for one formula unit"
    return f"{text}: one formula unit has {unit} atoms, but {known}, Z = {usual.z}): {reach}."
