"""Rows of ``crystals.csv`` (one per crystal) and of ``rejected.csv`` (one per rejected candidate)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..conditioners.property_target import PropertyTarget
from ..conditioners.space_group_symbols import space_group_symbol
from ..gen.sampling.candidate import Relaxation
from ..io.csv_rows import ANSWERS
from .acceptance import REPORTED_CHECKS
from .records import GeneratedCrystal, Rejected
from .target_filter import probability_of_targets

CHANCE = "chance_as_asked"  # column of the probability that a crystal meets all targets
PREDICTED_HEIGHT = "height_predicted_eV_per_atom"
RELAXED_BY, HEIGHT = "relaxed_by_A", "energy_above_hull_computed_eV_per_atom"
RELAXATION_COLUMNS = ("relaxed_with", RELAXED_BY, "energy_eV_per_atom", HEIGHT)
REJECTED_COLUMNS = (
    "id",
    "attempt",
    "seed",
    "formula",
    "space_group_asked",
    "orbits",
    "check",
    "reason",
    "chemistry_asked",
)


def crystal_columns(
    property_targets: Sequence[PropertyTarget], relaxed: bool = False, ranked: bool = False
) -> list[str]:
    """Columns of ``crystals.csv`` for a run with these property targets.

    ``relaxed`` and ``ranked`` say whether it relaxes crystals, and ranks those of a formula.
    For each target: its interval, the value requested of this crystal, and the prediction with its standard uncertainty
    (in decades for properties on a logarithmic scale). For all targets together: the probability of meeting them.
    """
    return [
        "id", "formula", "space_group_asked", "symbol", "space_group_found_0.1", "space_group_found_0.01",
        "atoms", "orbits", "density_g_cm3", "volume_A3_per_atom",
        *(f"{target.name}_{what}" for target in property_targets for what in TARGET_COLUMNS),
        *((CHANCE,) if property_targets else ()),
        PREDICTED_HEIGHT,
        *(column for name in REPORTED_CHECKS for column in (name, f"{name}_reason")),
        *(RELAXATION_COLUMNS if relaxed else ()),
        "log_likelihood", "redrawn", "attempt", "seed", "file", "chemistry_asked",
        *(("rank", "merged") if ranked else ()),
    ]  # fmt: skip


TARGET_COLUMNS = ("interval", "asked", "predicted", "spread")  # after the name of the property


def crystal_row(crystal: GeneratedCrystal, property_targets: Sequence[PropertyTarget]) -> list[object]:
    """The values of ``crystal_columns``; atoms are those of the primitive cell."""
    cell = crystal.crystal
    verdicts = {verdict.name: verdict for verdict in crystal.verdicts}
    return [
        crystal.id, crystal.formula, crystal.space_group_asked, space_group_symbol(crystal.space_group_asked),
        _or_empty(crystal.space_group_found), _or_empty(crystal.space_group_strict),
        crystal.orbits.n_atoms, crystal.orbits.label, f"{cell.density:.3f}", f"{cell.volume / len(cell):.3f}",
        *(text for target in property_targets for text in _target_values(crystal, target)),
        *((f"{probability_of_targets(crystal, property_targets):.3f}",) if property_targets else ()),
        f"{crystal.height:.4f}",
        *(text for name in REPORTED_CHECKS for text in (ANSWERS[verdicts[name].passed], verdicts[name].reason)),
        *_relaxation_values(crystal.relaxation),
        f"{crystal.log_likelihood:.3f}", crystal.redrawn, crystal.attempt, crystal.seed, f"cifs/{crystal.id}.cif",
        crystal.chemistry_asked,
        *((crystal.rank, crystal.merged) if crystal.rank is not None else ()),
    ]  # fmt: skip


def rejected_row(rejected: Rejected) -> list[object]:
    """The values of ``REJECTED_COLUMNS``."""
    return [
        rejected.id, rejected.attempt, rejected.seed, rejected.formula, _or_empty(rejected.space_group),
        rejected.orbits, rejected.check, rejected.reason, rejected.chemistry_asked,
    ]  # fmt: skip


def _target_values(crystal: GeneratedCrystal, target: PropertyTarget) -> list[str]:
    found = crystal.predicted.get(target.name)
    predicted = ["", ""] if found is None else [f"{found.value:.4g}", f"{found.spread:.2g}"]
    return [target.text, f"{crystal.asked[target.name]:.6g}", *predicted]


def _relaxation_values(relaxation: Relaxation | None) -> list[str]:
    if relaxation is None:
        return []
    height = f"{relaxation.height:.4f}" if math.isfinite(relaxation.height) else ""
    return [relaxation.potential, f"{relaxation.distance:.3f}", f"{relaxation.energy:.5f}", height]


def _or_empty(number: int | None) -> object:
    return "" if number is None else number
