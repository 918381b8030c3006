"""Comparison of requested properties with those that independent oracles compute: hit rates, errors and lift."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..gen.callbacks import ProgressCallback, no_callback
from ..gen.crystal import Crystal
from ..gen.errors import UserError
from ..generation.crystal_table import CHANCE
from ..validators.mechanics.moduli import DEFAULT
from ..validators.relaxation.potentials import potential_named
from .crystal_input import crystals_in, reasons_by_name
from .evaluation import Evaluation
from .metric import mean, share
from .oracle_results import NO_ORACLE, OracleResult, describe_oracle, meets_all_targets, oracle_results
from .oracles import cheapest_oracles, oracle_for, oracle_key
from .requested import RequestedProperty, predicted_probabilities, requested_properties, requested_targets
from .target_metrics import ALL, lift, lift_measures, property_measures


def evaluate_targets(
    path: str | Path,
    baseline: str | Path | None = None,
    potential: str = DEFAULT,
    limit: int | None = None,
    workers: int | None = None,
    watch: ProgressCallback = no_callback,
    thrifty: bool = False,
) -> Evaluation:
    """Evaluates the crystals of a run by the properties that it requested; a killed evaluation continues.

    argument   meaning
    path       folder of ``electrolith generate`` with property targets
    baseline   folder of crystals generated without the targets, evaluated in the same way; gives the lift
    potential  name of the potential of the oracles of moduli
    limit      use only the first ``limit`` crystals, of the baseline too
    workers    processes; one per core where None
    watch      called with the number of finished crystals and the number of all
    thrifty    with several properties, ask the cheapest oracle first, and each next one only for crystals that meet the
               targets so far; reports how often all targets are met, and the first property

    A property without an oracle is reported as such, and does not count among the targets that must be met. Raises
    ``UserError`` for a folder that is not a run, and for a run without property targets that an oracle computes.
    """
    potential_named(potential)
    path = Path(path)
    requested, targets = requested_properties(path), requested_targets(path)
    keys = tuple(oracle_key(oracle, potential) for oracle in cheapest_oracles(requested))
    without_oracle = [name for name in requested if not oracle_for(name, keys)]
    if len(without_oracle) == len(requested):
        raise UserError(f"{path}: its only targets are {', '.join(without_oracle)}: {NO_ORACLE}.")
    crystals, unreadable, notes, not_read = crystals_in(path, limit)
    stages = [(key,) for key in keys] if thrifty else [keys]
    results = oracle_results(crystals, requested, stages, path, workers, watch)
    computed = {name: r for name, r in requested.items() if name not in without_oracle}
    for_all_crystals = {name: r for name, r in requested.items() if oracle_for(name, stages[0])}
    several = len(targets.conditions) > 1

    measures = [m for name, r in for_all_crystals.items() for m in property_measures(name, r, results[name])]
    measures += [share(f"{name}_not_judged", [True] * len(crystals), NO_ORACLE) for name in without_oracle]
    all_met = meets_all_targets(crystals, computed, results, targets)
    if several:
        but = f" but {', '.join(without_oracle)}" if without_oracle else ""
        measures.append(share(f"{ALL}_hit_rate", all_met, f"every target{but} met"))
    probabilities = predicted_probabilities(path)
    if probabilities:
        predicted = [probabilities.get(c.name, math.nan) for c in crystals]
        measures.append(mean(CHANCE, predicted, "", "predicted probability of meeting all property targets"))
    reference = "no target"
    if baseline is not None:
        others = crystals_in(Path(baseline), limit).crystals
        base = oracle_results(others, requested, stages, Path(baseline), workers, watch)
        for name, r in for_all_crystals.items():
            measures += lift_measures(name, r, results[name], base[name])
        if several:
            measures += lift(ALL, all_met, meets_all_targets(others, computed, base, targets))
        reference = f"{len(others)} crystals of {baseline}"
    return Evaluation(
        path=str(path),
        reference=reference,
        judge="; ".join(describe_oracle(name, keys) for name in requested),
        tolerances=_tolerances(requested),
        measures=tuple(measures),
        unreadable=reasons_by_name(unreadable),
        notes=notes,
        not_read=not_read,
        crystals=[_row(i, crystals, results, requested, probabilities) for i in range(len(crystals))],
    )


def _tolerances(requested: Mapping[str, RequestedProperty]) -> dict[str, float | str]:
    return {
        f"{name}_{side}": getattr(r.target.accepted, side) for name, r in requested.items() for side in ("low", "high")
    }


def _row(
    i: int,
    crystals: Sequence[Crystal],
    results: Mapping[str, Sequence[OracleResult]],
    requested: Mapping[str, RequestedProperty],
    probabilities: Mapping[str, float],
) -> dict[str, Any]:
    name = crystals[i].name
    row: dict[str, Any] = {"name": name, "formula": crystals[i].formula, "n_atoms": len(crystals[i])}
    for key, values in results.items():
        r = values[i]
        row |= {
            f"{key}_asked": r.requested, f"{key}_predicted": r.predicted, f"{key}_found_raw": r.raw,
            f"{key}_found": r.value, f"{key}_as_asked": requested[key].meets(r.value), f"{key}_reason": r.reason,
        }  # fmt: skip
    return row | ({CHANCE: probabilities.get(name, math.nan)} if probabilities else {})
