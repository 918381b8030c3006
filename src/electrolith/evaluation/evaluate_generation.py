"""Metrics of generated crystals: validity, uniqueness, novelty, symmetry, and stability by one or more potentials."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from ..gen.crystal import Crystal
from ..gen.data.known_compounds import hull_entries
from ..gen.symmetry.orbits import primitive_cell
from ..validators.relaxation.potentials import CHGNET, calculator
from ..validators.thermodynamics.formation_energy import references
from .crystal_input import crystals_in, reasons_by_name
from .evaluation import Evaluation
from .family_shares import family_shares
from .generation_metrics import TOLERANCES, distributions, generation_measures, relaxed_measures
from .novelty_reference import novelty_reference
from .relaxation_journal import kept_relaxations
from .requested import requested_space_groups
from .side_by_side import judged_rows, labels_of, suffixed
from .structure_metrics import structure_metrics, with_relaxation

Progress = Callable[[Iterable[Crystal], int, str], Iterable[Crystal]]


def evaluate(
    path: str | Path,
    reference: str | Path | None = None,
    relax: bool = False,
    limit: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    potentials: Sequence[str] = (CHGNET,),
    journal: Path | None = None,
) -> Evaluation:
    """Metrics of the crystals in a file, a folder or a zip (see ``read_crystals``), from any generator.

    argument    meaning
    reference   known crystals that novelty refers to; those of the package where None
    relax       relax, for the distance to the minimum and the stability
    limit       use only the first ``limit`` crystals
    workers     processes for the relaxation; one per core where None
    progress    wraps a loop: (crystals, their number, name of the step) → crystals
    potentials  relax with each of these; the results of the second and further ones have its name in theirs
    journal     file that keeps relaxed crystals, so that a stopped evaluation continues

    Raises ``UserError`` for a path without crystals, and for a potential without zeros of formation energies.
    """
    path = Path(path)
    labels = labels_of(potentials)
    for potential in potentials if relax else ():
        references(potential)
        calculator(potential)
    crystals, unreadable, notes, not_read = crystals_in(path, limit)
    known = novelty_reference(reference)
    tracked = progress or _untracked
    rows = structure_metrics(tracked(crystals, len(crystals), "checking"), known, requested_space_groups(path))
    judged = {}
    if relax:
        cells = [primitive_cell(c) for c in crystals]
        for potential, label in labels.items():
            minima = kept_relaxations(cells, potential, journal, workers)
            step = f"relaxing with {label}"
            judged[label] = with_relaxation(rows, tracked(cells, len(cells), step), known, minima, potential)
    by_potential = [
        m for label, found in judged.items() for m in suffixed(relaxed_measures(found, label), label, judged)
    ]
    return Evaluation(
        path=str(path),
        reference=known.name,
        judge=stability_oracle(labels) if relax else "",
        tolerances=TOLERANCES,
        measures=(*generation_measures(rows, len(unreadable)), *by_potential),
        distributions=distributions(rows, crystals),
        unreadable=reasons_by_name(unreadable),
        notes=notes,
        not_read=not_read,
        crystals=judged_rows(judged) if relax else [asdict(row) for row in rows],
        families=family_shares([set(c.atomic_numbers.tolist()) for c in crystals], path),
    )


def stability_oracle(labels: Mapping[str, str]) -> str:
    """Potentials, errors of their formation energies, and hull, in words; ``labels`` by the name of the potential."""
    errors = (
        f"{label}, mean absolute error of formation energies {1000 * references(potential).error:.0f} meV/atom"
        for potential, label in labels.items()
    )
    return f"{'; '.join(errors)}; hull of {len(hull_entries()):,} known formulas (Materials Project and WBM)"


def _untracked(crystals: Iterable[Crystal], total: int, step: str) -> Iterable[Crystal]:  # noqa: ARG001
    return crystals
