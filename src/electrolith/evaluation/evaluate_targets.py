"""Asked against found: how often does an independent judge find the properties that a run was asked for?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from ..gen.callbacks import ProgressCallback, no_callback
from ..gen.crystal import Crystal
from ..gen.data.read_crystals import Unreadable, read_crystals
from ..gen.errors import UserError
from ..gen.properties import PROPERTIES
from ..generation.crystal_table import CHANCE
from ..validators.mechanics.moduli import DEFAULT
from ..validators.relaxation.potentials import potential_named
from ..validators.transport.percolation import HIGHEST
from .evaluation import Evaluation
from .metric import Measure, mean, median, ratio, share
from .oracle_results import NO_JUDGE, Found, all_met, judge_in_words, judge_of, judged
from .oracles import judges_of, key
from .requested import Asked, chances_asked, properties_asked, targets_asked

ALL = "all"  # stands in the place of a property's name in measures of all targets together


def evaluate_targets(
    path: str | Path,
    baseline: str | Path | None = None,
    potential: str = DEFAULT,
    limit: int | None = None,
    workers: int | None = None,
    watch: ProgressCallback = no_callback,
    thrifty: bool = False,
) -> Evaluation:
    """Judges the crystals of a run by what it asked for; a killed evaluation goes on where it was.

    argument   meaning
    path       folder of ``electrolith generate`` with property targets
    baseline   folder of crystals made without them, judged by the same; gives the lift
    potential  of the judge of moduli, by name
    limit      the first so many crystals only, of the baseline too
    workers    processes; as many as cores where None
    watch      hears how many of how many crystals are judged
    thrifty    of several properties ask the cheapest judge first, and the next one only of crystals found as asked so
               far: what is told is how often all targets are met, and the first property

    A property that no judge tells is told of as such, and does not count among the targets that must be met. Raises
    ``UserError`` for a folder that is no run, or a run that asked for no property or for none that a judge tells.
    """
    potential_named(potential)
    path = Path(path)
    asked, targets = properties_asked(path), targets_asked(path)
    keys = tuple(key(judge, potential) for judge in judges_of(asked))
    untold = [name for name in asked if not judge_of(name, keys)]
    if len(untold) == len(asked):
        raise UserError(f"{path}: it asked for {', '.join(untold)} alone: {NO_JUDGE}.")
    mine, unreadable = _crystals(path, limit)
    stages = [(k,) for k in keys] if thrifty else [keys]
    found = judged(mine, asked, stages, path, workers, watch)
    whole = {name: a for name, a in asked.items() if judge_of(name, stages[0])}
    several = len(targets.conditions) > 1
    measures = [measure for name, a in whole.items() for measure in found_measures(name, a, found[name])]
    measures += [share(f"{name}_not_judged", [True] * len(mine), NO_JUDGE) for name in untold]
    told = {name: a for name, a in asked.items() if name not in untold}
    together = all_met(mine, told, found, targets)
    but = f" but {', '.join(untold)}" if untold else ""
    if several:
        measures.append(share(f"{ALL}_hit_rate", together, f"every target{but} met"))
    chances = chances_asked(path)
    if chances:
        foreseen = [chances.get(c.name, math.nan) for c in mine]
        measures.append(mean(CHANCE, foreseen, "", "chance to have all properties asked for, as it was foreseen"))
    against = "no target"
    if baseline is not None:
        others, _ = _crystals(Path(baseline), limit)
        base = judged(others, asked, stages, Path(baseline), workers, watch)
        for name, a in whole.items():
            measures += lift_measures(name, a, found[name], base[name])
        if several:
            measures += _lift(ALL, together, all_met(others, told, base, targets))
        against = f"{len(others)} crystals of {baseline}"
    limits = {(name, side): getattr(a.wish.accepted, side) for name, a in asked.items() for side in ("low", "high")}
    return Evaluation(
        path=str(path),
        reference=against,
        judge="; ".join(judge_in_words(name, keys) for name in asked),
        tolerances={f"{name}_{side}": value for (name, side), value in limits.items()},
        measures=tuple(measures),
        unreadable=unreadable,
        crystals=[_row(i, mine, found, asked) | _told(chances, mine[i].name) for i in range(len(mine))],
    )


def found_measures(name: str, asked: Asked, rows: Sequence[Found]) -> list[Measure]:
    """What was found of one property: median, error, hit rate, before and after the correction of the judge's bias."""
    unit = PROPERTIES.named(name).unit
    words = f"asked {asked.words} {unit}"
    known = [f for f in rows if f.is_known]
    errors, predicted = ([abs(f.value - other) for f, other in pairs] for pairs in (
        [(f, f.asked) for f in known], [(f, f.predicted) for f in known],
    ))  # fmt: skip
    reasons = [f.reason for f in rows if not f.is_known]
    why = f", most of all: {max(set(reasons), key=reasons.count)}" if reasons else ""
    hits = [asked.meets(f.value) for f in rows]
    measures = [
        median(f"{name}_median", _capped(f.value for f in known), unit, f"{words}; found"),
        mean(f"{name}_mean_absolute_error", errors, unit, "found against the number each crystal was asked for"),
        share(f"{name}_hit_rate", hits, f"{words}; found so, of all crystals"),
        share(f"{name}_hit_rate_of_judged", [asked.meets(f.value) for f in known], "of those that could be judged"),
        share(f"{name}_not_judged", [not f.is_known for f in rows], f"could not be judged{why}"),
    ]
    if any(f.raw != f.value for f in known):
        raw_hits = [asked.meets(f.raw) for f in rows]
        measures += [
            median(f"{name}_median_raw", _capped(f.raw for f in known), unit, "found, bias of the judge not corrected"),
            share(f"{name}_hit_rate_raw", raw_hits, "found as asked, bias of the judge not corrected"),
        ]
    if any(not math.isnan(f.evenly) and f.evenly != f.value for f in known):
        one_factor = "bias of the judge corrected by one factor for crystals of any kind"
        measures += [
            median(f"{name}_median_evenly", _capped(f.evenly for f in known), unit, f"found, {one_factor}"),
            share(f"{name}_hit_rate_evenly", [asked.meets(f.evenly) for f in rows], f"found as asked, {one_factor}"),
        ]
    if any(math.isfinite(f.predicted) for f in rows):
        measures.append(mean(f"{name}_surrogate_error", predicted, unit, "found against the surrogate's prediction"))
    return measures


def lift_measures(name: str, asked: Asked, rows: Sequence[Found], base: Sequence[Found]) -> list[Measure]:
    """What was found of one property without asking, and how many times as often it is found when asked for."""
    without = _capped(f.value for f in base if f.is_known)
    hits, base_hits = ([asked.meets(f.value) for f in side] for side in (rows, base))
    middle = median(f"{name}_baseline_median", without, PROPERTIES.named(name).unit, "found without the target")
    unknown = share(
        f"{name}_baseline_not_judged", [not f.is_known for f in base], "could not be judged without the target"
    )
    return [middle, unknown, *_lift(name, hits, base_hits)]


def _lift(name: str, hits: Sequence[bool], base: Sequence[bool]) -> list[Measure]:
    return [
        share(f"{name}_baseline_hit_rate", base, "found as asked without the target"),
        ratio(f"{name}_lift", hits, base, "hit rate over that without the target"),
    ]


def _crystals(path: Path, limit: int | None) -> tuple[list[Crystal], dict[str, str]]:
    entries = list(islice(read_crystals(path), limit))
    crystals = [e for e in entries if isinstance(e, Crystal)]
    if not crystals:
        raise UserError(f"{path} holds no readable crystal.")
    return crystals, {e.name: e.reason for e in entries if isinstance(e, Unreadable)}


def _capped(values: Iterable[float]) -> list[float]:
    """No path counts as the highest barrier that is looked for."""
    return [HIGHEST if v == math.inf else v for v in values]


def _row(
    i: int, crystals: Sequence[Crystal], found: Mapping[str, Sequence[Found]], asked: Mapping[str, Asked]
) -> dict[str, Any]:
    row: dict[str, Any] = {"name": crystals[i].name, "formula": crystals[i].formula, "n_atoms": len(crystals[i])}
    for name, values in found.items():
        f = values[i]
        row |= {
            f"{name}_asked": f.asked, f"{name}_predicted": f.predicted, f"{name}_found_raw": f.raw,
            f"{name}_found": f.value, f"{name}_as_asked": asked[name].meets(f.value), f"{name}_reason": f.reason,
        }  # fmt: skip
    return row


def _told(chances: Mapping[str, float], name: str) -> dict[str, Any]:
    return {CHANCE: chances.get(name, math.nan)} if chances else {}
