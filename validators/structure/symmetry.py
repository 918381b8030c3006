"""Check ``symmetry``: the space group found in a crystal, compared with the requested one.

spglib decides (Togo et al., Sci. Technol. Adv. Mater. Methods 4, 2384822, 2024), at 0.1 Å; the reason also gives the
group found at 0.01 Å.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from ...gen.symmetry.space_group_search import LOOSE_SYMPREC, STRICT_SYMPREC, symmetry_dataset
from ..check import Check, flaw_of
from ..verdict import Verdict

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

COLUMN = "space_group"  # of an input file: the requested space group


class Symmetry(Check):
    """Check of the symmetry. Value: number of the space group found; limit: that of the requested one.

    argument  meaning
    asked     number of the requested space group; None: that of ``crystal.findings`` or, without one, of the column
              ``space_group`` of the input file
    symprec   tolerance of spglib, Å

    Without a requested group the verdict is unknown (None).
    """

    name: ClassVar[str] = "symmetry"
    question: ClassVar[str] = "Does it have the requested space group?"
    unit: ClassVar[str] = ""

    def __init__(self, asked: int | None = None, symprec: float = LOOSE_SYMPREC) -> None:
        self.asked = asked
        self.symprec = symprec

    def answer(self, crystal: Crystal) -> Verdict:
        """Passes if the group found at ``symprec`` is the requested one."""
        known = (self.asked, crystal.findings.space_group, crystal.info.get(COLUMN))
        requested = next((int(group) for group in known if group is not None), None)
        found, strict = (found_space_group(crystal, s) for s in (self.symprec, STRICT_SYMPREC))
        groups = f"space group {found or 'unknown'} at {self.symprec} Å, {strict or 'unknown'} at {STRICT_SYMPREC} Å"
        value = None if found is None else float(found)
        if requested is None:
            return self.verdict(None, value, reason=f"{groups}; none was requested")
        reason = f"{groups}; {requested} was requested"
        return self.verdict(found == requested, value, limit=float(requested), reason=reason)


@lru_cache(maxsize=1024)
def found_space_group(crystal: Crystal, symprec: float = LOOSE_SYMPREC) -> int | None:
    """Number of the space group that spglib finds; None if it finds none or the numbers describe no crystal.

    The result is cached for the same object, not for an equal one: spglib takes 30 ms for a cubic cell.
    """
    if flaw_of(crystal):
        return None
    found = symmetry_dataset(crystal, symprec)
    return None if found is None else int(found.number)
