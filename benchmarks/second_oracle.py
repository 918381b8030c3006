"""A second potential asked of crystals that the judge of ``targets.py`` has judged: do the two agree?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from figures import Figure
from scipy.stats import spearmanr

from electrolith.evaluation import evaluate_targets
from electrolith.evaluation.evaluation import Evaluation

POTENTIAL, LIMIT = "chgnet", 20  # crystals of each cell
OF = ("bulk_modulus", "shear_modulus")

Pairs = list[tuple[float, float]]  # what the judge and the second potential find, as computed, GPa


def pairs_of(out: Path, name: str, found: Evaluation, workers: int | None) -> Pairs:
    """The property by both in the first crystals of a run, of those that both can tell."""
    second = evaluate_targets(out, potential=POTENTIAL, limit=LIMIT, workers=workers)
    column = f"{name}_found_raw"
    by = {row["name"]: float(row[column]) for row in second.crystals}
    pairs = [(float(row[column]), by[row["name"]]) for row in found.crystals if row["name"] in by]
    return [pair for pair in pairs if np.isfinite(pair).all()]


def figures_of(name: str, pairs: Sequence[tuple[float, float]]) -> list[Figure]:
    """How well the second potential orders the crystals as the judge does, and what it finds over that."""
    words = f"`{name}` of crystals of all cells by {POTENTIAL} and by the judge"
    if len(pairs) < 3:
        return [Figure(f"{words}: rank correlation", "", "nothing to compare", len(pairs), None)]
    judge, second = np.array(pairs).T
    remark = f"{POTENTIAL} over the judge, both as computed: median {np.median(second / judge):.3g}"
    return [Figure(f"{words}: rank correlation", "", f"{spearmanr(judge, second)[0]:.3f}", len(pairs), None, remark)]
