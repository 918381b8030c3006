"""Measures and distributions of a set of generated crystals, from the verdicts on each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..gen.crystal import Crystal
from ..gen.symmetry.space_group_search import LOOSE_SYMPREC, STRICT_SYMPREC
from ..gen.symmetry.wyckoff_tables import crystal_system
from ..validators.chemistry import smact_validity
from ..validators.structure import alignment, distances, plausible, volume
from .metric import Measure, mean, median, share
from .structure_metrics import CrystalMetrics

STABLE = 0.1  # eV/atom above the hull, as in MatterGen
ON_HULL = 0.0  # eV/atom: at least as stable as all known compounds
UNKNOWN = "unknown"  # class of crystals without an answer


def generation_measures(rows: Sequence[CrystalMetrics], unreadable: int = 0) -> tuple[Measure, ...]:
    """All measures of the crystals before relaxation."""
    pair = f"all pairs of atoms farther apart than {distances.MIN_FRACTION} of the sum of their covalent radii"
    size = f"volume per atom {volume.MIN_RATIO} to {volume.MAX_RATIO} of the usual volume of its elements"
    merged = "not in the reference set if all lanthanides, La to Lu, count as one element"
    measures = [
        share("frac_readable", [True] * len(rows) + [False] * unreadable, "entries that are ordered crystals"),
        share("avg_structure_validity", [row.structure_valid for row in rows], "no pair within 0.5 Å, at least 0.1 Å³"),
        share("avg_comp_validity", [row.composition_valid for row in rows], "SMACT: charges balance, or all metals"),
        share(
            "avg_structure_comp_validity", [both(row.structure_valid, row.composition_valid) for row in rows], "both"
        ),
        share("frac_usual_distances", [row.distances_usual for row in rows], pair),
        share("frac_usual_volume", [row.volume_usual for row in rows], size),
        share("frac_unique_structures", [row.unique for row in rows], "first crystal of its kind in this set"),
        share("frac_novel_structures", [row.novel for row in rows], "not in the reference set"),
        share("frac_novel_lanthanides_merged", [row.novel_lanthanides_merged for row in rows], merged),
        share("frac_novel_unique_structures", [both(row.novel, row.unique) for row in rows], "both"),
        share(
            "frac_unique_systems",
            _first(row.chemical_system for row in rows),
            "first crystal of its chemical system in this set",
        ),
        share("frac_p1", [_is_p1(row.space_group) for row in rows], "without symmetry: P1 at symprec 0.1 Å"),
        share("frac_p1_strict", [_is_p1(row.space_group_strict) for row in rows], "P1 at symprec 0.01 Å"),
    ]
    requested = [row for row in rows if row.space_group_asked is not None]
    if requested:
        equal = [row.space_group == row.space_group_asked for row in requested]
        meaning = "space group at 0.1 Å equals the requested one; where unknown, it does not"
        measures.append(share("frac_space_group_as_asked", equal, meaning))
    return tuple(measures)


def relaxed_measures(rows: Sequence[CrystalMetrics], potential: str) -> list[Measure]:
    """The measures of the crystals relaxed with a potential, which the meanings name."""
    moved = [row.rmsd_from_relaxation for row in rows]
    height = [row.energy_above_hull for row in rows]
    fresh = [both(row.relaxed_novel, row.relaxed_unique) is True for row in rows]
    shares = []
    for limit, key in ((STABLE, "stable"), (ON_HULL, "on_hull")):
        low = [e <= limit for e in height]  # false where unknown
        meaning = f"at most {limit:g} eV/atom above the hull after relaxation with {potential}, of all; unknown is not"
        new_and_low = [one and other for one, other in zip(low, fresh, strict=True)]
        shares.append(share(f"frac_{key}_structures", low, meaning))
        shares.append(share(f"frac_novel_unique_{key}_structures", new_and_low, f"{meaning}; novel and unique"))
    return [
        share("frac_successful_jobs", [row.converged is True for row in rows], f"{potential} runs that converged"),
        mean("avg_rmsd_from_relaxation", moved, "Å", f"mean displacement of the atoms by {potential}"),
        median("median_rmsd_from_relaxation", moved, "Å", "median displacement"),
        mean("avg_energy_above_hull_per_atom", height, "eV", "mean energy above the hull of known compounds"),
        median("median_energy_above_hull_per_atom", height, "eV", "median energy above the hull"),
        *shares,
    ]


def distributions(rows: Sequence[CrystalMetrics], crystals: Sequence[Crystal]) -> dict[str, dict[str, int]]:
    """Number of crystals by space group, crystal system, number of atoms, number of elements, and element."""
    elements = Counter(str(e) for c in crystals for e in c.composition)
    return {
        "space groups": dict(Counter(str(row.space_group or UNKNOWN) for row in rows)),
        "crystal systems": dict(Counter(_system(row.space_group) for row in rows)),
        "atoms": dict(Counter(str(row.n_atoms) for row in rows)),
        "numbers of elements": dict(Counter(str(row.chemical_system.count("-") + 1) for row in rows)),
        "elements": dict(elements),
    }


def both(one: bool | None, other: bool | None) -> bool | None:
    """Whether both are true; None where that depends on an unknown one."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _is_p1(space_group: int | None) -> bool | None:
    return None if space_group is None else space_group == 1


def _system(space_group: int | None) -> str:
    return UNKNOWN if space_group is None else crystal_system(space_group)


def _first(items: Iterable[str]) -> list[bool]:
    """Whether each item occurs for the first time."""
    seen: set[str] = set()
    flags = []
    for item in items:
        flags.append(item not in seen)
        seen.add(item)
    return flags


TOLERANCES: dict[str, float | str] = {
    "min_distance_A": plausible.MIN_DISTANCE,
    "min_volume_A3": plausible.MIN_VOLUME,
    "oxidation_states": smact_validity.OXIDATION_STATES,
    "symprec_A": LOOSE_SYMPREC,
    "symprec_strict_A": STRICT_SYMPREC,
    "matcher_ltol": alignment.LTOL,
    "matcher_stol": alignment.STOL,
    "matcher_angle_tol_deg": alignment.ANGLE_TOL,
    "stable_eV_per_atom": STABLE,
}
