"""How much energy does Li⁺ need to wander through the crystal, in one, two, three dimensions?

The percolation energy of the bond-valence site energy (Adams and Swenson, Phys. Rev. B 63, 054201, 2000; Chen, Wong and
Adams, Acta Cryst. B 75, 18, 2019; see ``site_energy`` and ``percolation``): the energy above its minimum from which on
the points that Li⁺ may visit form a path without end. At 0.2 Å the grid makes an error of up to 0.04 eV.

It is a proxy for mobility, never a conductivity: over known conductors the rank correlation of the two is about 0.4,
since carriers, their interaction, and a framework that gives way are missing. A crystal above 1 eV hardly conducts; one
below 0.3 eV may or may not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ...gen.errors import UserError
from ..check import Check
from ..verdict import Detail, Verdict
from .bond_valence import MOBILE, NoSiteEnergy, site_energy
from .percolation import percolation_energies

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

RESOLUTION = 0.2  # Å
MAX_ATOMS = 200  # in the primitive cell; half a minute at most


class Barrier(Check):
    """Value: the barrier of the limit that is broken, or of the most dimensions limited (1D if none is), eV.

    argument        meaning                                                          unit
    in_1d_at_most   limit in one dimension, the easiest direction; None: any          eV
    in_2d_at_most   limit in two dimensions                                           eV
    in_3d_at_most   limit in three dimensions                                         eV
    resolution      step of the grid; 0.4 is wrong by up to 0.3 eV                    Å
    max_atoms       of the primitive cell; of more no barrier is computed
    """

    name: ClassVar[str] = "barrier"
    question: ClassVar[str] = "How much energy does Li⁺ need to move through the crystal in 1, 2 and 3 dimensions?"
    unit: ClassVar[str] = "eV"

    def __init__(
        self,
        in_1d_at_most: float | None = None,
        in_2d_at_most: float | None = None,
        in_3d_at_most: float | None = None,
        resolution: float = RESOLUTION,
        max_atoms: int = MAX_ATOMS,
    ) -> None:
        self.limits = (in_1d_at_most, in_2d_at_most, in_3d_at_most)
        given = [limit for limit in self.limits if limit is not None]
        if any(limit <= 0 for limit in given):
            raise UserError("A barrier is above 0 eV: a limit of zero or less passes nothing.")
        if given != sorted(given):
            raise UserError(
                "A barrier in fewer dimensions is never the higher one: its limit must not be higher either."
            )
        if not 0.1 <= resolution <= 1:
            raise UserError(f"A grid step of {resolution:g} Å is out of reach: take 0.1 to 1 Å.")
        self.resolution = resolution
        self.max_atoms = max_atoms

    def answer(self, crystal: Crystal) -> Verdict:
        """Fails without lithium; unknown for crystals too large, or without valences or bond-valence parameters."""
        from ...gen.symmetry.orbits import primitive_cell

        if not (crystal.atomic_numbers == MOBILE).any():
            return Verdict(self.name, False, unit="eV", reason="there is no lithium in it")
        if (crystal.atomic_numbers == MOBILE).all():
            return Verdict(self.name, None, unit="eV", reason="lithium alone: there are no ions around Li⁺")
        cell = primitive_cell(crystal)
        if len(cell) > self.max_atoms:
            reason = f"more than {self.max_atoms} atoms in the primitive cell (limit of this check)"
            return Verdict(self.name, None, unit="eV", reason=reason)
        try:
            barriers = percolation_energies(site_energy(cell, self.resolution))
        except NoSiteEnergy as unknown:
            return Verdict(self.name, None, unit="eV", reason=f"no site energy of Li⁺: {unknown}")
        return self.judge(barriers)

    def judge(self, barriers: tuple[float, float, float]) -> Verdict:
        """The verdict on barriers in 1, 2 and 3 dimensions, eV."""
        asked = [k for k in range(3) if self.limits[k] is not None]
        broken = [k for k in asked if barriers[k] > (self.limits[k] or 0.0)]
        told = (broken or asked[-1:] or [0])[0]
        each = ", ".join(
            f"{b:.2f} in {k + 1}D" if np.isfinite(b) else f"no path in {k + 1}D" for k, b in enumerate(barriers)
        )
        details = tuple(
            Detail(f"barrier in {k + 1}D", barriers[k] if np.isfinite(barriers[k]) else "no path", "eV")
            for k in range(3)
        )
        value = float(barriers[told]) if np.isfinite(barriers[told]) else None
        reason = f"bond-valence barrier {each} (eV); a proxy for mobility, not a conductivity"
        return Verdict(self.name, not broken, value, unit="eV", limit=self.limits[told], reason=reason, details=details)
