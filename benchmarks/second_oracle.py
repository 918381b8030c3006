"""Agreement of the oracle of ``targets.py`` with a second potential."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from figures import Figure
from scipy.stats import spearmanr

from electrolith.evaluation import evaluate_targets
from electrolith.evaluation.evaluation import Evaluation

POTENTIAL, LIMIT = "chgnet", 20  # crystals of each case
OF = ("bulk_modulus", "shear_modulus")

Pairs = list[tuple[float, float]]  # values of the oracle and of the second potential, uncorrected, GPa


def pairs_of(out: Path, name: str, first: Evaluation, workers: int | None) -> Pairs:
    """Values of a property by both, for the first crystals of a run; crystals without both values are left out."""
    second = evaluate_targets(out, potential=POTENTIAL, limit=LIMIT, workers=workers)
    column = f"{name}_found_raw"
    by = {row["name"]: float(row[column]) for row in second.crystals}
    pairs = [(float(row[column]), by[row["name"]]) for row in first.crystals if row["name"] in by]
    return [pair for pair in pairs if np.isfinite(pair).all()]


def figures_of(name: str, pairs: Sequence[tuple[float, float]]) -> list[Figure]:
    """Rank correlation and median ratio of the values of both."""
    words = f"`{name}` of crystals of all cases by {POTENTIAL} and by the oracle"
    if len(pairs) < 3:
        return [Figure(f"{words}: rank correlation", "", "nothing to compare", len(pairs), None)]
    oracle, second = np.array(pairs).T
    remark = f"{POTENTIAL} over the oracle, both uncorrected: median {np.median(second / oracle):.3g}"
    return [Figure(f"{words}: rank correlation", "", f"{spearmanr(oracle, second)[0]:.3f}", len(pairs), None, remark)]
