"""Metrics of crystal structure prediction: match rate and distance to the true structure.

Match rate and RMSE as in CDVAE and DiffCSP (Xie et al., 2022; Jiao et al., 2023): pymatgen's StructureMatcher with
stol 0.5, ltol 0.3, angle_tol 10°. The distance is its root mean square, in units of (volume per atom)^(1/3).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ..gen.crystal import Crystal
from ..gen.errors import UserError
from ..gen.reading.read_crystals import Unreadable, read_crystals
from ..validators.structure.plausible import Structure
from .evaluation import Evaluation
from .metric import Measure, mean, share

STOL, LTOL, ANGLE_TOL = 0.5, 0.3, 10.0
TOLERANCES: dict[str, float | str] = {"matcher_stol": STOL, "matcher_ltol": LTOL, "matcher_angle_tol_deg": ANGLE_TOL}


def evaluate_prediction(path: str | Path, truth: str | Path, tries: int = 1) -> Evaluation:
    """Match rate and RMSE of predicted structures.

    A prediction belongs to the true structure of the same name; a suffix after ``-``, ``_`` or ``.`` is ignored
    (``mp-1143-3``, ``mp-1143_try3``). If no name fits, it belongs to the true structures of its reduced formula. Only
    the first ``tries`` predictions of each structure count. True structures without a prediction count as missed.
    Raises ``UserError`` for paths without crystals.
    """
    if tries < 1:
        raise UserError("The number of tries must be at least 1.")
    true = [c for c in read_crystals(truth) if isinstance(c, Crystal)]
    entries = list(read_crystals(path))
    if not true:
        raise UserError(f"{truth} holds no readable crystal.")
    predictions = [c for c in entries if isinstance(c, Crystal)]
    grouped = predictions_by_truth(predictions, true)
    distances = {t.name: try_distances(t, p, tries) for t, p in zip(true, grouped, strict=True)}
    rows = [
        {"name": t.name, "formula": t.formula, "tries": len(distances[t.name]), "distance": _best(distances[t.name])}
        for t in true
    ]
    return Evaluation(
        path=str(path),
        reference=f"{len(true)} true structures of {Path(truth).name}",
        tolerances=TOLERANCES,
        measures=prediction_measures(list(distances.values()), tries),
        unreadable={e.name: e.reason for e in entries if isinstance(e, Unreadable)},
        crystals=rows,
    )


def prediction_measures(distances: Sequence[Sequence[float | None]], tries: int) -> tuple[Measure, ...]:
    """Match rate and RMSE of the best of the first tries; ``distances`` by true structure and try, None: no match."""
    measures = []
    for k in sorted({1, tries}):
        best = [_best(d[:k]) for d in distances]
        tried = "the first try" if k == 1 else f"the best of {k} tries"
        measures += [
            share(f"match_rate_{k}", [b is not None for b in best], f"true structures matched by {tried}"),
            mean(
                f"rmse_{k}",
                [b for b in best if b is not None],
                "",
                "mean distance of the matches / (volume per atom)^(1/3)",
            ),
        ]
    return tuple(measures)


def try_distances(true: Crystal, predictions: Sequence[Crystal], tries: int) -> list[float | None]:
    """Distance of each of the first tries to the true structure; None where they do not match."""
    return [match_distance(p, true) for p in predictions[:tries]]


def match_distance(one: Crystal, other: Crystal) -> float | None:
    """Normalised root mean square distance (no unit) of two crystals; None where they do not match."""
    if not Structure().check(one).passed or one.formula != other.formula:
        return None
    found = _matcher().get_rms_dist(one.structure, other.structure)
    return None if found is None else float(found[0])


def predictions_by_truth(predictions: Sequence[Crystal], true: Sequence[Crystal]) -> list[list[Crystal]]:
    """The predictions that belong to each true structure, in their order (see ``evaluate_prediction``)."""
    names = {t.name for t in true}
    by_name: Mapping[str, list[Crystal]] = defaultdict(list)
    by_formula: Mapping[str, list[Crystal]] = defaultdict(list)
    for crystal in predictions:
        cuts = [crystal.name[: m.start()] for m in re.finditer(r"[-_.]", crystal.name)]
        owner = next((n for n in (crystal.name, *reversed(cuts)) if n in names), None)
        if owner is not None:
            by_name[owner].append(crystal)
        by_formula[crystal.formula].append(crystal)
    if by_name:
        return [by_name[t.name] for t in true]
    return [by_formula[t.formula] for t in true]


def _best(distances: Sequence[float | None]) -> float | None:
    return min((d for d in distances if d is not None), default=None)


@cache
def _matcher() -> Any:
    from pymatgen.analysis.structure_matcher import StructureMatcher

    return StructureMatcher(stol=STOL, ltol=LTOL, angle_tol=ANGLE_TOL)
