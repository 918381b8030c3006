"""Check ``barrier``: energy barrier of ion migration in one, two and three dimensions.

It is the percolation energy of the bond-valence site energy (Adams and Swenson, Phys. Rev. B 63, 054201, 2000; Chen,
Wong and Adams, Acta Cryst. B 75, 18, 2019; see ``bond_valence`` and ``percolation``): the lowest energy above the
minimum of the site energy at which the points open to the ion form an infinite path. The targets ``li_barrier``, their
labels and their surrogates mean the same. ``migration_barriers`` says why it does not count from an occupied site. On
24 crystals a grid of 0.2 Å changed it by up to 0.05 eV against 0.1 Å.

It is a proxy for mobility, not a conductivity: carriers, their interaction, and the relaxation of the framework are
missing. A crystal above 1 eV is a poor conductor; one below 0.3 eV may conduct or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ...gen.errors import UserError
from ...gen.symmetry.orbits import primitive_cell
from ..check import Check
from ..mobile_ions import mobile_ion_named
from ..near_miss import compared, excess, require_margin
from ..verdict import Detail, Verdict
from .migration_barriers import MigrationBarriers, migration_barriers
from .softbv_parameters import NoSiteEnergy

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

RESOLUTION = 0.2  # Å
MAX_ATOMS = 200  # in the primitive cell; half a minute at most
# eV: Li10GeP2S12 has 0.6 here and 0.25 (24 kJ/mol) by measurement (Kamaya et al., Nat. Mater. 10, 682, 2011)
MARGIN = 0.3


class Barrier(Check):
    """Check of barriers. Value, eV: that of the first exceeded limit, or of the limit with most dimensions (or 1D).

    argument        meaning                                                           unit
    in_1d_at_most   limit in one dimension, the easiest direction; None: no limit      eV
    in_2d_at_most   limit in two dimensions; None: no limit                            eV
    in_3d_at_most   limit in three dimensions; None: no limit                          eV
    resolution      step of the grid; with 0.4 Å the error is up to 0.3 eV             Å
    max_atoms       largest number of atoms in the primitive cell
    margin          error beyond which a barrier is no near miss                      eV
    mobile_ion      Li, Na, K, Mg, Ca or Zn
    """

    name: ClassVar[str] = "barrier"
    question: ClassVar[str] = "How much energy does the mobile ion need to move through it in 1, 2 and 3 dimensions?"
    unit: ClassVar[str] = "eV"

    def __init__(
        self,
        in_1d_at_most: float | None = None,
        in_2d_at_most: float | None = None,
        in_3d_at_most: float | None = None,
        resolution: float = RESOLUTION,
        max_atoms: int = MAX_ATOMS,
        margin: float = MARGIN,
        mobile_ion: str = "Li",
    ) -> None:
        require_margin(margin)
        self.limits = (in_1d_at_most, in_2d_at_most, in_3d_at_most)
        given = [limit for limit in self.limits if limit is not None]
        if any(limit <= 0 for limit in given):
            raise UserError("A barrier is above 0 eV: a limit of 0 eV or less passes nothing.")
        if given != sorted(given):
            raise UserError("A barrier in fewer dimensions is never higher: its limit must not be higher either.")
        if not 0.1 <= resolution <= 1:
            raise UserError(f"A grid step of {resolution:g} Å is out of range: give 0.1 to 1 Å.")
        self.resolution = resolution
        self.max_atoms = max_atoms
        self.margin = margin
        self.ion = mobile_ion_named(mobile_ion)

    def answer(self, crystal: Crystal) -> Verdict:
        """Fails without the ion, if there is a limit; unknown for a large crystal, and without a site energy."""
        mobile = crystal.atomic_numbers == self.ion.number
        if not mobile.any():
            limited = any(limit is not None for limit in self.limits)
            return self.verdict(False if limited else None, reason=f"there is no {self.ion.metal} in it")
        if mobile.all():
            return self.verdict(None, reason=f"it is {self.ion.metal} alone: no other ions surround {self.ion.ion}")
        cell = primitive_cell(crystal)
        if len(cell) > self.max_atoms:
            reason = f"more than {self.max_atoms} atoms in the primitive cell (limit of this check)"
            return self.verdict(None, reason=reason)
        try:
            found = migration_barriers(cell, self.resolution, self.ion)
        except NoSiteEnergy as unknown:
            return self.verdict(None, reason=f"no site energy of {self.ion.ion}: {unknown}")
        return self.compare(found)

    def compare(self, found: MigrationBarriers) -> Verdict:
        """The verdict on barriers in 1, 2 and 3 dimensions."""
        barriers = found.barriers
        limited = [k for k in range(3) if self.limits[k] is not None]
        beyond = [excess(barriers[k], at_most=self.limits[k]) for k in range(3)]
        compare = compared(beyond, self.margin, self.unit)
        exceeded = [k for k in limited if beyond[k] > 0]
        reported = (exceeded or limited[-1:] or [0])[0]
        each = ", ".join(
            f"{b:.2f} in {k + 1}D" if np.isfinite(b) else f"no path in {k + 1}D" for k, b in enumerate(barriers)
        )
        details = tuple(
            Detail(f"barrier in {k + 1}D", barriers[k] if np.isfinite(barriers[k]) else "no path", "eV")
            for k in range(3)
        )
        if np.isfinite(occupied := found.from_occupied[reported]):
            details += (Detail("above the highest occupied site", occupied, "eV"),)
        value = float(barriers[reported]) if np.isfinite(barriers[reported]) else None
        path = found.path(reported + 1)
        reason = f"bond-valence barrier {each} (eV); a proxy for mobility, not a conductivity{compare.remark}"
        return self.verdict(
            compare.passed, value, limit=self.limits[reported], reason=reason, details=details,
            near_miss=compare.near_miss, profile=path.points if path else (),
        )  # fmt: skip
