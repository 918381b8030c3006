"""Hit rates and lifts of crystals generated for a property, by oracles that are independent of the labels.

Run from the root of the repository: ``python benchmarks/targets.py`` (hours; ``--quick``: fewer crystals in each case;
``--small``: a minute). A stopped run continues. The values of each crystal are written to ``measured/targets``.
``oracle_bias.py`` measures the errors of the oracles.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd
import yaml
from figures import MEASURED, Figure, cached, folder, number, options, percent, save, share
from process_monitor import SMALL_CELLS, generate
from second_oracle import OF, Pairs, pairs_of
from second_oracle import figures_of as second_figures
from target_cases import CASES, COSTLY, TargetCase

from electrolith.evaluation import Evaluation, evaluate, evaluate_targets
from electrolith.evaluation.calibration_plot import write_calibration_plot
from electrolith.evaluation.metric import Measure
from electrolith.evaluation.metric import share as share_of
from electrolith.evaluation.requested import requested_targets
from electrolith.evaluation.substitution_baseline import write_substituted
from electrolith.gen.errors import UserError
from electrolith.generation.crystal_table import CHANCE

N, QUICK, SMALL = 100, 40, 1
SEED = 7
NEAR = 0.25  # largest relative distance of the median from the target
RARE = 0.15  # share without the target below which the lift has a bar
LIFT = 3.0  # bar of the lift for properties that are rare without the target
POINTS = 0.05  # largest loss of validity, symmetry, uniqueness and novelty by targets
TIMES = 2.2  # largest ratio of the times with and without targets
KEPT = {
    "avg_structure_comp_validity": "valid (structure and composition)",
    "frac_space_group_as_asked": "with the requested space group",
    "frac_unique_structures": "unique",
    "frac_novel_structures": "novel",
}


@dataclass(frozen=True)
class Run:
    """A folder of crystals, their number, the wall time (s), and measures such as validity."""

    out: Path
    crystals: int
    seconds: float
    measures: dict[str, Measure] = field(default_factory=dict)


def generated(name: str, arguments: Sequence[str], crystals: int, seed: int) -> Run:
    """A run of ``electrolith generate``; a stored one is reused."""
    out, note = place / name, place / f"{name}.time.json"
    known = cached(note, args.again)
    if known is None:
        known = asdict(generate(out, ["-n", str(crystals), "--seed", str(seed), *arguments, *common]))
        note.write_text(json.dumps(known), encoding="utf-8")
    stored = place / f"{name}.measures.json"
    measures = cached(stored, args.again)
    if measures is None:
        measures = [asdict(m) for m in evaluate(out).measures if m.key in KEPT]
        stored.write_text(json.dumps(measures), encoding="utf-8")
    return Run(out, crystals, known["seconds"], {m["key"]: Measure(**m) for m in measures})


def evaluated(case: TargetCase, run: Run, baseline: Run | None) -> Evaluation:
    """The evaluation of a run; finished crystals are stored in its folder."""
    start = time.perf_counter()
    found = evaluate_targets(
        run.out, baseline and baseline.out, workers=args.workers, watch=lambda done, of: report(case, done, of),
        thrifty=len(case.targets) > 1,
    )  # fmt: skip
    print(f"{case.name}: evaluated in {time.perf_counter() - start:.0f} s", flush=True)
    found.save(place / f"{case.name}.json")
    if not args.small:
        table = MEASURED / "targets" / f"{case.name}.csv"
        table.parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(found.crystals).to_csv(table, index=False, float_format="%.5g")
    write_calibration_plot(place / f"{case.name}.svg", found)
    return found


def report(case: TargetCase, done: int, of: int) -> None:
    if done % 10 == 0 or done == of:
        print(f"{case.name}: {done} of {of} crystals evaluated", flush=True)


def figures_of(case: TargetCase, evaluation: Evaluation) -> list[Figure]:
    """Median, share that meets the target, and lift, of one case."""
    figures = []
    keys = {m.key for m in evaluation.measures}
    chosen = kept_share(case, evaluation)
    for target in case.targets:
        name = target.split("=")[0].rstrip("<>")
        words = case.words_of(target)
        if f"{name}_hit_rate" not in keys:
            continue  # computed only for crystals that meet the other targets
        by = {m.key.removeprefix(f"{name}_"): m for m in evaluation.measures if m.key.startswith(f"{name}_")}
        if "<" not in target and ">" not in target:
            figures.append(median_figure(words, float(target.split("=")[1]), by))
        remark = (
            f"{uncorrected(by, 'hit_rate')}could not be computed: {percent(by['not_judged'].value)}; {evaluation.judge}"
        )
        remark += f"; {chosen}" if chosen and len(case.targets) == 1 else ""
        figures.append(share(by["hit_rate"], f"{words}: share that meets the target", case.hit, remark=remark))
        if "lift" in by:
            bar = lift_bar(case, by["baseline_hit_rate"]) if len(case.targets) == 1 else None
            figures.append(lift_figure(f"{words}: lift over no target", by["lift"], by["baseline_hit_rate"], bar))
    if len(case.targets) > 1:
        figures.append(share(evaluation["all_hit_rate"], f"{case.words}: every target met", remark=chosen))
        if "all_lift" in keys:
            base = evaluation["all_baseline_hit_rate"]
            figures.append(lift_figure(f"{case.words}: lift", evaluation["all_lift"], base, lift_bar(case, base)))
    return figures


def kept_share(case: TargetCase, evaluation: Evaluation) -> str:
    """Share of the candidates that a run with --keep kept, and their predicted probability; empty without --keep."""
    record = yaml.safe_load((place / case.name / "run.yaml").read_text(encoding="utf-8"))
    if "share_kept" not in record:
        return ""
    kept, probability = percent(record["share_kept"]), percent(evaluation[CHANCE].value)
    return f"{kept} of {record['candidates']} candidates were kept; predicted probability {probability}"


def substitution_figures(case: TargetCase) -> list[Figure]:
    """Hit rates of known crystals that have the property, with one element substituted."""
    out = place / f"retrieved-{case.name}"
    targets = requested_targets(place / case.name)
    try:
        count = write_substituted(out, targets, case.crystals(n))
    except UserError as error:
        return [Figure(f"{case.words}: substitution baseline", "", "no data", 0, None, str(error))]
    found = evaluate_targets(out, workers=args.workers, watch=lambda done, of: report(case, done, of))
    remark = f"{count} of {case.crystals(n)} crystals were possible"
    measures = [m for m in found.measures if m.key.endswith("_hit_rate")]
    return [
        share(m, f"{case.words}: substitution baseline, {m.key.replace('_', ' ')}", remark=remark) for m in measures
    ]


def median_figure(words: str, target: float, by: dict[str, Measure]) -> Figure:
    """The median by the oracle; its bar is a range around the target."""
    m = by["median"]
    without = f"without the target {by['baseline_median'].value:.3g} {m.unit}" if "baseline_median" in by else ""
    remark = (uncorrected(by, "median") + without).removesuffix("; ")
    value = f"{m.value:.3g} {m.unit} ({m.low:.3g} to {m.high:.3g})"
    met = abs(m.value - target) <= NEAR * target
    return Figure(f"{words}: median by the oracle", f"within {NEAR:.0%} of {target:g}", value, m.n, met, remark)


def uncorrected(by: dict[str, Measure], what: str) -> str:
    """The measure without correction of the oracle, and corrected by one factor for all kinds of crystals."""
    text = percent if what == "hit_rate" else lambda value: f"{value:.3g}"
    ways = {"raw": "uncorrected", "evenly": "one factor for all"}
    return "".join(
        f"{words} {text(by[f'{what}_{way}'].value)}; " for way, words in ways.items() if f"{what}_{way}" in by
    )


def lift_bar(case: TargetCase, base: Measure) -> float | None:
    """The bar of the case, or ``LIFT`` for properties that are rare without the target."""
    return case.lift or (LIFT if base.value < RARE else None)


def lift_figure(words: str, lift: Measure, base: Measure, bar: float | None) -> Figure:
    """The ratio of the hit rates with and without the target."""
    value = f"{lift.value:.2f} ({lift.low:.2f} to {lift.high:.2f})"
    remark = f"without the target {percent(base.value)} of {base.n}"
    return Figure(words, f"≥ {bar:g}" if bar else "", value, lift.n, lift.value >= bar if bar else None, remark)


def cost_figures(runs: dict[str, Run], cases: Sequence[TargetCase]) -> list[Figure]:
    """Validity, symmetry, uniqueness, novelty and time of all runs with targets, against those without.

    Cases with options that the baseline does not have are left out.
    """
    cases, figures = [c for c in cases if not c.how], []
    for key, words in KEPT.items():
        pairs = [(runs[c.name].measures[key], runs[c.baseline].measures[key]) for c in cases]
        passed, tried = sum(round(m.value * m.n) for m, _ in pairs), sum(m.n for m, _ in pairs)
        flags = [True] * passed + [False] * (tried - passed)
        without = sum(m.value * m.n for _, m in pairs) / sum(m.n for _, m in pairs)
        worst, name = min((m.value - b.value, c.name) for (m, b), c in zip(pairs, cases, strict=True))
        remark = f"without targets {percent(without)}; largest loss in {name}: {100 * worst:+.1f} points"
        bar = max(without - POINTS, 0.0)
        figures.append(share(share_of(key, flags, ""), f"with targets: {words}", bar, remark=remark))
    each = {name: run.seconds / run.crystals for name, run in runs.items()}
    slower = [each[c.name] / each[c.baseline] for c in cases]
    middle = sorted(slower)[len(slower) // 2]
    said = ", ".join(f"{c.name} {s:.2f}" for c, s in zip(cases, slower, strict=True))
    return [*figures, number("time with targets over time without", middle, "times", len(slower), TIMES, remark=said)]


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("-n", type=int, help=f"crystals in each case, at most {COSTLY} for shear moduli")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the generation")
    parser.add_argument("--alone", action="store_true", help="no lifts: baselines are not evaluated")
    parser.add_argument("--unjudged", action="store_true", help="measure validity, time and --retrieval only")
    parser.add_argument("--retrieval", action="store_true", help="evaluate the substitution baseline as well")
    parser.add_argument(
        "--second-judge", action="store_true", help="compute some crystals with another potential as well"
    )
    parser.add_argument(
        "--only",
        nargs="*",
        help="cases by the beginning of their names; keep the figures of others",
    )
    args = parser.parse_args()
    n = args.n or (SMALL if args.small else QUICK if args.quick else N)
    place = folder(args) / f"targets-{n}-{args.seed}"
    place.mkdir(exist_ok=True)
    common = [*(SMALL_CELLS if args.small else []), *(["--checkpoint", args.checkpoint] if args.checkpoint else [])]
    common += ["--workers", str(args.workers)] if args.workers else []
    cases = [c for c in CASES if not args.only or c.name.startswith(tuple(args.only))]
    cases = cases[:1] if args.small else cases
    runs: dict[str, Run] = {}
    figures: list[Figure] = []
    seconds: dict[str, Pairs] = {}
    for case in cases:
        both = (
            (case.baseline, list(case.hard), case.crystals_without(n)),
            (case.name, case.arguments, case.crystals(n)),
        )
        for name, words, crystals in both:
            if name not in runs:
                runs[name] = generated(name, words, crystals, args.seed if case.seed is None else case.seed)
        figures += substitution_figures(case) if args.retrieval else []
        if args.unjudged:
            continue
        evaluation = evaluated(case, runs[case.name], None if args.alone else runs[case.baseline])
        figures += figures_of(case, evaluation)
        first = case.targets[0].split("=")[0]
        if (args.second_judge or args.small) and first in OF:
            seconds.setdefault(first, []).extend(pairs_of(runs[case.name].out, first, evaluation, args.workers))
        second = [figure for name, pairs in seconds.items() for figure in second_figures(name, pairs)]
        cost = [] if args.only else cost_figures(runs, cases[: cases.index(case) + 1])
        save("targets", [*figures, *cost, *second], args, part=bool(args.only))
    if args.unjudged:
        figures += [] if args.only else cost_figures(runs, cases)
        save("targets", figures, args, part=True)
