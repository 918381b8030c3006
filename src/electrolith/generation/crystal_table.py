"""``crystals.csv`` and ``rejected.csv``: a row per crystal, a row per rejected candidate."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..conditioners.property_target import PropertyTarget
from ..conditioners.space_group_symbols import space_group_symbol
from ..gen.sampling.candidate import Relaxation
from ..io.csv_rows import ANSWERS
from .options import TOLD
from .records import GeneratedCrystal, Rejected
from .target_filter import probability_of_targets

CHANCE = "chance_as_asked"
RELAXED_BY, HEIGHT = "relaxed_by_A", "energy_above_hull_computed_eV_per_atom"
RELAXATION_HEADER = ("relaxed_with", RELAXED_BY, "energy_eV_per_atom", HEIGHT)
REJECTED_HEADER = ("id", "attempt", "seed", "formula", "space_group_asked", "orbits", "check", "reason")


def header(wishes: Sequence[PropertyTarget], relaxed: bool = False) -> list[str]:
    """Columns of ``crystals.csv`` for a run with these soft targets, whose crystals are relaxed or not.

    Of each: the interval of the run, the number that this crystal was asked for, and the prediction with its standard
    uncertainty (in decades for moduli, density and conductivity); of all together, the chance that it has them.
    """
    return [
        "id", "formula", "space_group_asked", "symbol", "space_group_found_0.1", "space_group_found_0.01",
        "atoms", "orbits", "density_g_cm3", "volume_A3_per_atom",
        *(f"{wish.name}_{what}" for wish in wishes for what in ("interval", "asked", "predicted", "spread")),
        *((CHANCE,) if wishes else ()),
        *(column for name in TOLD for column in (name, f"{name}_reason")),
        *(RELAXATION_HEADER if relaxed else ()),
        "log_likelihood", "redrawn", "attempt", "seed", "file",
    ]  # fmt: skip


def row(made: GeneratedCrystal, wishes: Sequence[PropertyTarget]) -> list[object]:
    """The values of ``header``; atoms are those of the primitive cell."""
    crystal = made.crystal
    verdicts = {verdict.name: verdict for verdict in made.verdicts}
    return [
        made.id, made.formula, made.space_group_asked, space_group_symbol(made.space_group_asked),
        _known(made.space_group_found), _known(made.space_group_strict),
        made.orbits.n_atoms, made.orbits.label, f"{crystal.density:.3f}", f"{crystal.volume / len(crystal):.3f}",
        *(text for wish in wishes for text in _of_wish(made, wish)),
        *((f"{probability_of_targets(made, wishes):.3f}",) if wishes else ()),
        *(text for name in TOLD for text in (ANSWERS[verdicts[name].passed], verdicts[name].reason)),
        *_of_relaxation(made.relaxation),
        f"{made.log_likelihood:.3f}", made.redrawn, made.attempt, made.seed, f"cifs/{made.id}.cif",
    ]  # fmt: skip


def rejected_row(rejected: Rejected) -> list[object]:
    """The values of ``REJECTED_HEADER``."""
    return [
        rejected.id, rejected.attempt, rejected.seed, rejected.formula, _known(rejected.space_group),
        rejected.orbits, rejected.check, rejected.reason,
    ]  # fmt: skip


def _of_wish(made: GeneratedCrystal, wish: PropertyTarget) -> list[str]:
    found = made.predicted.get(wish.name)
    predicted = ["", ""] if found is None else [f"{found.value:.4g}", f"{found.spread:.2g}"]
    return [wish.text, f"{made.asked[wish.name]:.6g}", *predicted]


def _of_relaxation(relaxation: Relaxation | None) -> list[str]:
    if relaxation is None:
        return []
    height = f"{relaxation.height:.4f}" if math.isfinite(relaxation.height) else ""
    return [relaxation.potential, f"{relaxation.distance:.3f}", f"{relaxation.energy:.5f}", height]


def _known(number: int | None) -> object:
    return "" if number is None else number
