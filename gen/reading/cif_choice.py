"""The choice among the settings that a CIF may mean: the one whose atoms agree with all that the file states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .cif_faults import CifFault
from .cif_formulas import formula_text
from .cif_images import CLASH, CellSites, cell_sites, close_pairs
from .cif_sites import PARTIAL, CifSite
from .cif_statements import Statements, density_of, wrong_multiplicity
from .cif_symmetry import Candidate

LEAST_DENSITY, GREATEST_DENSITY = 1e-5, 100.0  # g/cm³; beyond an atom in a large box, and metals under any pressure
AGREES = "which agrees with what the file states"
SAME = 0.15  # Å; two settings give the same atoms within this


def chosen_cell(
    candidates: Sequence[Candidate], sites: Sequence[CifSite], statements: Statements, lattice: NDArray[np.float64]
) -> tuple[CellSites, list[str]]:
    """The places of the cell by the only setting that agrees with the statements, and remarks.

    Raises ``CifFault`` if no setting agrees, or several that give different crystals.
    """
    agreeing: list[tuple[Candidate, CellSites]] = []
    reasons: dict[str, None] = {}
    is_stated = False  # whether a statement leaves out a setting
    for candidate in candidates:
        try:
            cell = cell_sites(sites, candidate.setting.operations, lattice)
            contradiction = _contradiction(candidate, cell, sites, statements, lattice)
            is_stated |= bool(contradiction)
            reason = contradiction or cell.crowded
        except CifFault as fault:
            reason = str(fault)
        if reason and statements.missing({site.number for site in sites}):
            raise CifFault(reason)
        if reason:
            reasons[reason if len(candidates) == 1 else f"by {candidate.setting.name}, {reason}"] = None
        else:
            agreeing.append((candidate, cell))
    if not agreeing:
        raise CifFault("; ".join(list(reasons)[:3]))
    if len(agreeing) > 1:
        written = [pair for pair in agreeing if statements.is_as_written(pair[1].counts)]
        is_stated |= 0 < len(written) < len(agreeing)
        agreeing = written or agreeing
    apart = [pair for pair in agreeing if not _clashes(pair[1], lattice)] if len(agreeing) > 1 else agreeing
    candidate, cell = _only(apart or agreeing, lattice)
    remarks = [candidate.remark] if candidate.remark else []
    if len(candidates) > 1 and not candidate.remark:
        is_by_distance = not is_stated and 0 < len(apart) < len(candidates)
        words = f"by the others, atoms are closer than {CLASH} Å" if is_by_distance else AGREES
        remarks = [f"The symmetry is that of {candidate.setting.name}, {words}."]
    return cell, [*remarks, *cell.remarks]


def _contradiction(
    candidate: Candidate,
    cell: CellSites,
    sites: Sequence[CifSite],
    statements: Statements,
    lattice: NDArray[np.float64],
) -> str:
    """The statement that the cell contradicts; empty if none."""
    is_partial = bool(cell.disordered)
    volume = abs(float(np.linalg.det(lattice)))
    has_isotopes = any(s.isotope for s in sites)
    reason = _impossible(cell, volume)
    if reason := reason or statements.contradiction(cell.counts, volume, has_isotopes, is_partial):
        return reason
    if cell.repeated and not statements.formula and len(cell.content) != len(sites):
        return f"{cell.repeated} of its atoms are at the places of others, so that their occupancies sum to 2"
    bare = [s.label for s in sites if s.hydrogens]
    if bare and not statements.formula and all(s.number != 1 for s in sites):
        return f"the label {bare[0]} tells of hydrogens, which are not listed: list them, or state the formula"
    if candidate.is_doubtful and not (statements.formula and (statements.units or statements.density)):
        return "only x, y, z is listed beside another group, and no formula and Z say whether all atoms are listed"
    is_counted = statements.formula and statements.units
    if is_partial or cell.repeated or is_counted or candidate.is_magnetic:  # magnetic files count in other cells
        return ""
    labels, stated = [s.label for s in sites], [s.multiplicity for s in sites]
    return wrong_multiplicity(labels, stated, cell.images, len(candidate.setting.operations))


def _impossible(cell: CellSites, volume: float) -> str:
    """Why no crystal has this cell: its density; empty if one may have. Near atoms are left to ``overlaps``."""
    density = density_of(cell.counts, volume)
    if LEAST_DENSITY < density < GREATEST_DENSITY:
        return ""
    return f"its density is {density:.3g} g/cm³, which no crystal has: give lengths in Å"


def _only(apart: list[tuple[Candidate, CellSites]], lattice: NDArray[np.float64]) -> tuple[Candidate, CellSites]:
    """The first of several settings, if the others give the same atoms. Raises ``CifFault`` if they do not."""
    first = apart[0]
    if all(_same(first[1], cell, lattice) for _, cell in apart[1:]):
        return first
    options = " or ".join(f"{c.setting.name} ({formula_text(cell.counts)})" for c, cell in apart[:3])
    raise CifFault(
        f"the symmetry may be that of {options}, which are different crystals, and nothing that the file states "
        "decides: list the symmetry operations"
    )


def _clashes(cell: CellSites, lattice: NDArray[np.float64]) -> bool:
    full = [k for k, content in enumerate(cell.content) if sum(content.values()) >= PARTIAL]
    return len(close_pairs(cell.positions[full], lattice, CLASH)) > 0


def _same(first: CellSites, second: CellSites, lattice: NDArray[np.float64]) -> bool:
    """Whether each place of one is a place of the other with the same content; no shift of the origin is tried."""
    if len(first.content) != len(second.content):
        return False
    both = np.concatenate([first.positions, second.positions])
    n = len(first.positions)
    pairs = close_pairs(both, lattice, SAME)
    matched = {int(a) for a, b in pairs if a < n <= b and first.content[a] == second.content[b - n]}
    return len(matched) == n
