"""Check ``relaxation``: relaxation to the nearest minimum of a potential, and displacement of the atoms.

Cell and positions relax together (``relax``, ``potentials``). A crystal that falls apart is rejected: a volume that
changes threefold, atoms that fall onto each other, or symmetry that is lost although it was to be kept. A relaxation
that does not end within its steps is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ...gen.findings import PotentialEnergy
from ...gen.symmetry.orbits import primitive_cell
from ...gen.symmetry.space_group_search import MEDIUM_SYMPREC, symmetry_rotations
from ..check import Transform
from ..structure.displacement import distance_to_relaxed
from ..structure.symmetry import found_space_group
from ..verdict import Detail, Verdict
from .mean_places import FORCE_OF_MODEL, OFF_AVERAGES, displaced
from .potentials import CHGNET, potential_named
from .relax import FORCE_LIMIT, MAX_STEPS, Relaxed, relax

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

MAX_ATOMS = 200  # of the primitive cell: minutes with CHGNet on one core


class Relaxation(Transform):
    """Check by relaxation. Value: root mean square displacement of the atoms, Å. The relaxed cell is primitive.

    argument          meaning
    potential         by name, see ``potentials``; its energy is in the relaxed crystal's ``findings``
    keep_symmetry     relax within the space group; otherwise a change of the group is only reported
    distance_at_most  limit, Å; None: report the distance, always pass
    force_limit       force at which the crystal counts as relaxed, eV/Å
    max_steps         largest number of steps of the optimiser
    max_atoms         largest number of atoms in the primitive cell; a larger crystal is not relaxed
    displaced         root mean square of random shifts before a relaxation without symmetry, Å: off saddle points
    """

    name: ClassVar[str] = "relaxation"
    question: ClassVar[str] = "Where does it relax to, and does it stay the same crystal?"
    unit: ClassVar[str] = "Å"

    def __init__(
        self,
        potential: str = CHGNET,
        keep_symmetry: bool = True,
        distance_at_most: float | None = None,
        force_limit: float = FORCE_LIMIT,
        max_steps: int = MAX_STEPS,
        max_atoms: int = MAX_ATOMS,
        displaced: float = 0.0,
    ) -> None:
        potential_named(potential)
        if displaced < 0 or (displaced and keep_symmetry):
            raise UserError(
                f"Shifts of {displaced:g} Å break the symmetry: write keep_symmetry: false, or displaced: 0."
            )
        if force_limit <= 0 or max_steps < 1 or max_atoms < 1:
            raise UserError("Relaxation needs a force limit above 0, and at least one step and one atom.")
        self.potential = potential
        self.keep_symmetry = keep_symmetry
        self.distance_at_most = distance_at_most
        self.force_limit = force_limit
        self.max_steps = max_steps
        self.max_atoms = max_atoms
        self.displaced = displaced

    def of_averages(self) -> Relaxation:
        """The check for a model whose atoms are at the mean places of a disordered crystal.

        Its symmetry is that of the average crystal and an accident of the ordering: no atom has to keep to it.
        """
        force, moved = max(self.force_limit, FORCE_OF_MODEL), max(self.displaced, OFF_AVERAGES)
        return Relaxation(self.potential, False, self.distance_at_most, force, self.max_steps, self.max_atoms, moved)

    def apply(self, crystal: Crystal) -> tuple[Verdict, Crystal | None]:
        """The verdict, and the relaxed crystal unless it fell apart or was too large."""
        start = primitive_cell(crystal)
        if len(start) > self.max_atoms:
            return self._without_crystal(None, f"more than {self.max_atoms} atoms (limit of this check)"), None
        found = relax(
            displaced(start, self.displaced), self.max_steps, self.force_limit, self.potential, self.keep_symmetry
        )
        if found.crystal is None:
            reason = found.failure if found.unknown else f"it fell apart: {found.failure}"
            return self._without_crystal(None if found.unknown else False, reason), None
        before, after = (found_space_group(c, MEDIUM_SYMPREC) for c in (start, found.crystal))
        if self.keep_symmetry and _poorer(start, found.crystal):
            return self._without_crystal(False, f"it lost its symmetry: space group {before} became {after}"), None
        relaxed = found.crystal.with_findings(energy=PotentialEnergy(found.energy, self.potential))
        details = (
            Detail("energy_per_atom", found.energy, "eV/atom"),
            Detail("potential", self.potential),
            Detail("volume change", 100 * (found.crystal.volume / start.volume - 1), "%"),
            Detail("space group", f"{before}" if before == after else f"{before} became {after}"),
            Detail("steps", float(found.steps)),
        )
        return self._with_crystal(distance_to_relaxed(start, relaxed), found, details), relaxed

    def _with_crystal(self, distance: float, found: Relaxed, details: tuple[Detail, ...]) -> Verdict:
        if not found.converged:
            passed, reason = None, f"not relaxed within {self.max_steps} steps, after {distance:.2f} Å"
        else:
            passed = self.distance_at_most is None or distance <= self.distance_at_most
            reason = f"relaxed by {distance:.2f} Å in {found.steps} steps with {self.potential}"
        return self.verdict(passed, distance, limit=self.distance_at_most, reason=reason, details=details)

    def _without_crystal(self, passed: bool | None, reason: str) -> Verdict:
        return self.verdict(passed, limit=self.distance_at_most, reason=reason)


def _poorer(before: Crystal, after: Crystal) -> bool:
    """Whether the crystal has fewer symmetry operations after the relaxation than before."""
    found = [symmetry_rotations(crystal, MEDIUM_SYMPREC) for crystal in (before, after)]
    counts = [0 if rotations is None else len(rotations) for rotations in found]
    return counts[1] < counts[0]
