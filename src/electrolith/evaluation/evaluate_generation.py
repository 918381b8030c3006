"""Measures of generated crystals: valid, unique, new, symmetric, and with CHGNet near their minimum and stable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from ..gen.crystal import Crystal
from ..gen.data.read_crystals import Unreadable, read_crystals
from ..gen.errors import UserError
from ..gen.symmetry.orbits import primitive_cell
from ..gen.symmetry.space_group_search import LOOSE_SYMPREC, STRICT_SYMPREC
from ..gen.symmetry.wyckoff_tables import crystal_system
from ..validators.chemistry import charge
from ..validators.structure import distances, volume
from ..validators.structure import matching as sameness
from ..validators.structure import plausible as structure
from .evaluation import Evaluation
from .metric import Measure, mean, median, share
from .novelty_reference import reference_of
from .requested import groups_asked
from .structure_metrics import Judged, judge, relaxed

STABLE = 0.1  # eV/atom above the hull, as in MatterGen
ON_HULL = 0.0  # eV/atom: at least as stable as all that is known
Progress = Callable[[Iterable[Crystal], int, str], Iterable[Crystal]]


def evaluate(
    path: str | Path,
    reference: str | Path | None = None,
    relax: bool = False,
    limit: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Evaluates the crystals in a file, a folder or a zip (see ``read_crystals``), from whatever generator.

    argument   meaning
    reference  known crystals that novelty refers to; those of the package where None
    relax      relax with CHGNet, for the distance to the minimum and the stability
    limit      the first so many crystals only
    workers    processes for the relaxation; as many as cores where None
    progress   wraps a loop: (crystals, how many, what is done) → crystals

    Raises ``UserError`` for a path without crystals.
    """
    path = Path(path)
    entries = list(islice(read_crystals(path), limit))
    crystals = [e for e in entries if isinstance(e, Crystal)]
    unreadable = {e.name: e.reason for e in entries if isinstance(e, Unreadable)}
    if not crystals:
        reason = next(iter(unreadable.values()), "it is empty")
        raise UserError(f"{path} holds no readable crystal: {reason}.")
    known = reference_of(reference)
    shown = progress or _silent
    judged = judge(shown(crystals, len(crystals), "judging"), known, groups_asked(path))
    if relax:
        from ..validators.relaxation.relax import relax_all

        cells = [primitive_cell(c) for c in crystals]
        minima = relax_all(cells, workers)
        judged = relaxed(judged, shown(cells, len(cells), "relaxing"), known, minima)
    return Evaluation(
        path=str(path),
        reference=known.name,
        judge=judge_of() if relax else "",
        tolerances=TOLERANCES,
        measures=measures(judged, len(unreadable)),
        distributions=distributions(judged, crystals),
        unreadable=unreadable,
        crystals=[asdict(j) for j in judged],
    )


def judge_of() -> str:
    """What says how stable a crystal is: potential, error of its formation energies, hull."""
    from ..gen.data.known_compounds import hull_entries
    from ..validators.thermodynamics.formation_energy import references

    error = 1000 * references().error
    return (
        f"CHGNet 0.3.0, its formation energies off by {error:.0f} meV/atom on average; "
        f"hull of {len(hull_entries()):,} known formulas (Materials Project and WBM)"
    )


def _silent(crystals: Iterable[Crystal], total: int, what: str) -> Iterable[Crystal]:  # noqa: ARG001
    return crystals


def measures(judged: Sequence[Judged], unreadable: int = 0) -> tuple[Measure, ...]:
    """All measures of judged crystals; those of relaxation where there was one."""
    pair = f"all pairs farther than {distances.MIN_FRACTION} of the sum of their covalent radii"
    size = f"volume per atom within {volume.MIN_RATIO} to {volume.MAX_RATIO} of its elements' usual one"
    found = [
        share("frac_readable", [True] * len(judged) + [False] * unreadable, "entries that are ordered crystals"),
        share("avg_structure_validity", [j.structure_valid for j in judged], "no pair within 0.5 Å, at least 0.1 Å³"),
        share("avg_comp_validity", [j.composition_valid for j in judged], "SMACT: charges balance, or all metals"),
        share("avg_structure_comp_validity", [j.structure_valid and j.composition_valid for j in judged], "both"),
        share("frac_usual_distances", [j.distances_usual for j in judged], pair),
        share("frac_usual_volume", [j.volume_usual for j in judged], size),
        share("frac_unique_structures", [j.unique for j in judged], "first of its kind in this set"),
        share("frac_novel_structures", [j.novel for j in judged], "not in the reference set"),
        share("frac_novel_unique_structures", [j.novel and j.unique for j in judged], "both"),
        share("frac_unique_systems", _first(j.chemical_system for j in judged), "first of its chemical system here"),
        share("frac_p1", [j.space_group == 1 for j in judged], "without symmetry: P1 at symprec 0.1 Å"),
        share("frac_p1_strict", [j.space_group_strict == 1 for j in judged], "P1 at symprec 0.01 Å"),
    ]
    asked = [j for j in judged if j.space_group_asked is not None]
    if asked:
        as_asked = [j.space_group == j.space_group_asked for j in asked]
        found.append(share("frac_space_group_as_asked", as_asked, "space group found at 0.1 Å = the one asked for"))
    if any(j.converged is not None for j in judged):
        found += _relaxed_measures(judged)
    return tuple(found)


def _relaxed_measures(judged: Sequence[Judged]) -> list[Measure]:
    moved = [j.rmsd_from_relaxation for j in judged]
    height = [j.energy_above_hull for j in judged]
    fresh = [bool(j.relaxed_novel and j.relaxed_unique) for j in judged]
    shares = []
    for limit, key in ((STABLE, "stable"), (ON_HULL, "on_hull")):
        low = [e <= limit for e in height]  # false where unknown
        words = f"at most {limit:g} eV/atom above the hull after CHGNet relaxation"
        both = [one and other for one, other in zip(low, fresh, strict=True)]
        shares.append(share(f"frac_{key}_structures", low, words))
        shares.append(share(f"frac_novel_unique_{key}_structures", both, f"{words}, and as relaxed new and unique"))
    return [
        share("frac_successful_jobs", [bool(j.converged) for j in judged], "CHGNet relaxations that converged"),
        mean("avg_rmsd_from_relaxation", moved, "Å", "displacement of the atoms in CHGNet relaxation, mean"),
        median("median_rmsd_from_relaxation", moved, "Å", "the same, median"),
        mean("avg_energy_above_hull_per_atom", height, "eV", "above the hull of known compounds, mean"),
        median("median_energy_above_hull_per_atom", height, "eV", "the same, median"),
        *shares,
    ]


def distributions(judged: Sequence[Judged], crystals: Sequence[Crystal]) -> dict[str, dict[str, int]]:
    """Numbers of crystals by space group, crystal system, size, number of elements, and holding each element."""
    elements = Counter(str(e) for c in crystals for e in c.composition)
    return {
        "space groups": dict(Counter(str(j.space_group) for j in judged)),
        "crystal systems": dict(Counter(crystal_system(j.space_group) for j in judged)),
        "atoms": dict(Counter(str(j.n_atoms) for j in judged)),
        "numbers of elements": dict(Counter(str(j.chemical_system.count("-") + 1) for j in judged)),
        "elements": dict(elements),
    }


def _first(items: Iterable[str]) -> list[bool]:
    """For each item, whether it has not occurred before."""
    seen: set[str] = set()
    flags = []
    for item in items:
        flags.append(item not in seen)
        seen.add(item)
    return flags


TOLERANCES: dict[str, float | str] = {
    "min_distance_A": structure.MIN_DISTANCE,
    "min_volume_A3": structure.MIN_VOLUME,
    "oxidation_states": charge.OXIDATION_STATES,
    "symprec_A": LOOSE_SYMPREC,
    "symprec_strict_A": STRICT_SYMPREC,
    "matcher_ltol": sameness.LTOL,
    "matcher_stol": sameness.STOL,
    "matcher_angle_tol_deg": sameness.ANGLE_TOL,
    "stable_eV_per_atom": STABLE,
}
