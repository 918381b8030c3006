"""Metrics of generated crystals: validity, uniqueness, novelty, symmetry, and stability with CHGNet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from ..gen.crystal import Crystal
from ..gen.data.known_compounds import hull_entries
from ..gen.symmetry.orbits import primitive_cell
from ..validators.thermodynamics.formation_energy import references
from .crystal_input import crystals_in, reasons_by_name
from .evaluation import Evaluation
from .family_shares import family_shares
from .generation_metrics import TOLERANCES, distributions, generation_measures
from .novelty_reference import novelty_reference
from .parallel_relaxation import relax_crystals
from .requested import requested_space_groups
from .structure_metrics import structure_metrics, with_relaxation

Progress = Callable[[Iterable[Crystal], int, str], Iterable[Crystal]]


def evaluate(
    path: str | Path,
    reference: str | Path | None = None,
    relax: bool = False,
    limit: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Metrics of the crystals in a file, a folder or a zip (see ``read_crystals``), from any generator.

    argument   meaning
    reference  known crystals that novelty refers to; those of the package where None
    relax      relax with CHGNet, for the distance to the minimum and the stability
    limit      use only the first ``limit`` crystals
    workers    processes for the relaxation; one per core where None
    progress   wraps a loop: (crystals, their number, name of the step) → crystals

    Raises ``UserError`` for a path without crystals.
    """
    path = Path(path)
    crystals, unreadable, notes, not_read = crystals_in(path, limit)
    known = novelty_reference(reference)
    tracked = progress or _untracked
    rows = structure_metrics(tracked(crystals, len(crystals), "checking"), known, requested_space_groups(path))
    if relax:
        cells = [primitive_cell(c) for c in crystals]
        minima = relax_crystals(cells, workers)
        rows = with_relaxation(rows, tracked(cells, len(cells), "relaxing"), known, minima)
    return Evaluation(
        path=str(path),
        reference=known.name,
        judge=stability_oracle() if relax else "",
        tolerances=TOLERANCES,
        measures=generation_measures(rows, len(unreadable)),
        distributions=distributions(rows, crystals),
        unreadable=reasons_by_name(unreadable),
        notes=notes,
        not_read=not_read,
        crystals=[asdict(row) for row in rows],
        families=family_shares([set(c.atomic_numbers.tolist()) for c in crystals], path),
    )


def stability_oracle() -> str:
    """Potential, error of its formation energies, and hull, in words."""
    error = 1000 * references().error
    return (
        f"CHGNet 0.3.0, mean absolute error of formation energies {error:.0f} meV/atom; "
        f"hull of {len(hull_entries()):,} known formulas (Materials Project and WBM)"
    )


def _untracked(crystals: Iterable[Crystal], total: int, step: str) -> Iterable[Crystal]:  # noqa: ARG001
    return crystals
