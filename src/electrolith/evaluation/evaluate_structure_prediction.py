"""Metrics of crystal structure prediction: match rate and distance to the true structure.

Match rate and RMSE as in CDVAE and DiffCSP (Xie et al., 2022; Jiao et al., 2023): pymatgen's StructureMatcher with
stol 0.5, ltol 0.3, angle_tol 10°. The distance is its root mean square, in units of (volume per atom)^(1/3).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from ..gen.crystal import Crystal
from ..gen.errors import UserError
from ..gen.reading.read_crystals import Unreadable
from ..io.limited_reading import read_within_limits
from ..io.reading_notes import notes_of
from ..validators.structure.plausible import Structure
from .crystal_input import crystals_in, reasons_by_name
from .evaluation import Evaluation
from .metric import Measure, mean, share

STOL, LTOL, ANGLE_TOL = 0.5, 0.3, 10.0
Entry: TypeAlias = Crystal | Unreadable
TOLERANCES: dict[str, float | str] = {"matcher_stol": STOL, "matcher_ltol": LTOL, "matcher_angle_tol_deg": ANGLE_TOL}


def evaluate_prediction(path: str | Path, truth: str | Path, tries: int = 1) -> Evaluation:
    """Match rate and RMSE of predicted structures.

    A prediction belongs to the true structure of the same name; a suffix after ``-``, ``_`` or ``.`` is ignored
    (``mp-1143-3``, ``mp-1143_try3``). If several true structures have this name, it belongs to those of its reduced
    formula. If no name fits, it belongs to the true structures of its reduced formula. Only the first ``tries``
    predictions of each structure count; an unreadable prediction is a try without a match. True structures without a
    prediction count as missed. Raises ``UserError`` for paths without crystals.
    """
    if tries < 1:
        raise UserError("The number of tries must be at least 1.")
    true, left_out, *_ = crystals_in(Path(truth))
    reading = read_within_limits(Path(path))
    predictions = list(reading)
    grouped = predictions_by_truth(predictions, true)
    distances = [try_distances(t, p, tries) for t, p in zip(true, grouped, strict=True)]
    rows = [
        {"name": t.name, "formula": t.formula, "tries": len(d), "distance": _best(d)}
        for t, d in zip(true, distances, strict=True)
    ]
    unreadable = f" ({len(left_out)} unreadable left out)" if left_out else ""
    return Evaluation(
        path=str(path),
        reference=f"{len(true)} true structures of {Path(truth).name}{unreadable}",
        tolerances=TOLERANCES,
        measures=prediction_measures(distances, tries),
        unreadable=reasons_by_name(e for e in predictions if isinstance(e, Unreadable)),
        notes=notes_of((c for c in predictions if isinstance(c, Crystal)), reading.not_read),
        not_read=list(reading.not_read),
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


def try_distances(true: Crystal, predictions: Sequence[Entry], tries: int) -> list[float | None]:
    """Distance of each of the first tries to the true structure; None where they do not match."""
    return [None if isinstance(p, Unreadable) else match_distance(p, true) for p in predictions[:tries]]


def match_distance(one: Crystal, other: Crystal) -> float | None:
    """Normalised root mean square distance (no unit) of two crystals; None where they do not match."""
    if not Structure().check(one).passed or one.formula != other.formula:
        return None
    found = _matcher().get_rms_dist(one.structure, other.structure)
    return None if found is None else float(found[0])


def predictions_by_truth(predictions: Sequence[Entry], true: Sequence[Crystal]) -> list[list[Entry]]:
    """The predictions that belong to each true structure, in their order (see ``evaluate_prediction``)."""
    keys = [(t.name, t.formula) for t in true]
    names = Counter(name for name, _ in keys)
    by_name: dict[tuple[str, str], list[Entry]] = {key: [] for key in keys}
    by_formula: dict[str, list[Entry]] = {formula: [] for _, formula in keys}
    formulas: dict[str, list[str]] = defaultdict(list)
    for name, formula in by_name:
        formulas[name].append(formula)
    for one in predictions:
        formula = one.formula if isinstance(one, Crystal) else ""
        by_formula.get(formula, []).append(one)
        owner = _owner(one.name, names)
        for theirs in formulas.get(owner, []):
            if names[owner] == 1 or formula in ("", theirs):
                by_name[owner, theirs].append(one)
    if any(by_name.values()):
        return [by_name[key] for key in keys]
    return [by_formula[formula] for _, formula in keys]


def _owner(name: str, names: Collection[str]) -> str:
    """The longest of the true names that a name has in full or before a suffix; the name itself without one."""
    cuts = [name[: m.start()] for m in re.finditer(r"[-_.]", name)]
    return next((n for n in (name, *reversed(cuts)) if n in names), name)


def _best(distances: Sequence[float | None]) -> float | None:
    return min((d for d in distances if d is not None), default=None)


@cache
def _matcher() -> Any:
    from pymatgen.analysis.structure_matcher import StructureMatcher

    return StructureMatcher(stol=STOL, ltol=LTOL, angle_tol=ANGLE_TOL)
