"""Asked against found: crystals made for a property, judged by potentials and bond valences that know no labels.

Run from the root of the repository: ``python benchmarks/targets.py`` (hours; ``--quick``: fewer crystals in each cell;
``--small``: minutes). It goes on where it was stopped. What was found in each crystal stands in ``measured/targets``.
``oracle_bias.py`` says first what the judges are worth.
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
from process_monitor import generate
from second_oracle import OF, Pairs, pairs_of
from second_oracle import figures_of as second_figures
from target_cases import CELLS, DEAR, Cell

from electrolith.evaluation import Evaluation, evaluate, evaluate_targets
from electrolith.evaluation.calibration_plot import write_calibration_plot
from electrolith.evaluation.metric import Measure
from electrolith.evaluation.metric import share as share_of
from electrolith.evaluation.requested import requested_targets
from electrolith.evaluation.substitution_baseline import write_substituted
from electrolith.gen.errors import UserError
from electrolith.generation.crystal_table import CHANCE

N, QUICK, SMALL = 100, 40, 3
SEED = 7
NEAR = 0.25  # of the number asked for: how far from it the median found may lie
RARE = 0.15  # share without the target below which the lift has a bar
LIFT = 3.0  # of what is rare without the target
POINTS = 0.05  # of validity and the like that targets may cost
TIMES = 2.2  # as long as without targets
KEPT = {
    "avg_structure_comp_validity": "valid (structure and composition)",
    "frac_space_group_as_asked": "with the space group asked for",
    "frac_unique_structures": "unique",
    "frac_novel_structures": "new",
}


@dataclass(frozen=True)
class Run:
    """A folder of crystals, and the seconds that it took."""

    out: Path
    crystals: int
    seconds: float
    measures: dict[str, Measure] = field(default_factory=dict)


def made(name: str, arguments: Sequence[str], crystals: int, seed: int) -> Run:
    """So many crystals of a run, with their validity and the like, or the remembered ones."""
    out, note = place / name, place / f"{name}.time.json"
    known = cached(note, args.again)
    if known is None:
        known = asdict(generate(out, ["-n", str(crystals), "--seed", str(seed), *arguments, *common]))
        note.write_text(json.dumps(known), encoding="utf-8")
    kept = place / f"{name}.measures.json"
    measures = cached(kept, args.again)
    if measures is None:
        measures = [asdict(m) for m in evaluate(out).measures if m.key in KEPT]
        kept.write_text(json.dumps(measures), encoding="utf-8")
    return Run(out, crystals, known["seconds"], {m["key"]: Measure(**m) for m in measures})


def judged(cell: Cell, run: Run, baseline: Run | None) -> Evaluation:
    """What the judges found; kept in the folders, crystal by crystal."""
    start = time.perf_counter()
    found = evaluate_targets(
        run.out, baseline and baseline.out, workers=args.workers, watch=lambda done, of: say(cell, done, of),
        thrifty=len(cell.targets) > 1,
    )  # fmt: skip
    print(f"{cell.name}: judged in {time.perf_counter() - start:.0f} s", flush=True)
    found.save(place / f"{cell.name}.json")
    if not args.small:
        table = MEASURED / "targets" / f"{cell.name}.csv"
        table.parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(found.crystals).to_csv(table, index=False, float_format="%.5g")
    write_calibration_plot(place / f"{cell.name}.svg", found)
    return found


def say(cell: Cell, done: int, of: int) -> None:
    if done % 10 == 0 or done == of:
        print(f"{cell.name}: {done} of {of} judged", flush=True)


def figures_of(cell: Cell, found: Evaluation) -> list[Figure]:
    """Median, share found as asked, and lift, of one cell."""
    figures = []
    told = {m.key for m in found.measures}
    chosen = kept_share(cell, found)
    for target in cell.targets:
        name = target.split("=")[0].rstrip("<>")
        words = cell.words_of(target)
        if f"{name}_hit_rate" not in told:
            continue  # asked only of crystals that had the others
        by = {m.key.removeprefix(f"{name}_"): m for m in found.measures if m.key.startswith(f"{name}_")}
        if "<" not in target and ">" not in target:
            figures.append(median_figure(words, float(target.split("=")[1]), by))
        remark = f"{uncorrected(by, 'hit_rate')}could not be judged: {percent(by['not_judged'].value)}; {found.judge}"
        remark += f"; {chosen}" if chosen and len(cell.targets) == 1 else ""
        figures.append(share(by["hit_rate"], f"{words}: share found as asked", cell.hit, remark=remark))
        if "lift" in by:
            bar = lift_bar(cell, by["baseline_hit_rate"]) if len(cell.targets) == 1 else None
            figures.append(lift_figure(f"{words}: lift over no target", by["lift"], by["baseline_hit_rate"], bar))
    if len(cell.targets) > 1:
        figures.append(share(found["all_hit_rate"], f"{cell.words}: every target met", remark=chosen))
        if "all_lift" in told:
            base = found["all_baseline_hit_rate"]
            figures.append(lift_figure(f"{cell.words}: lift", found["all_lift"], base, lift_bar(cell, base)))
    return figures


def kept_share(cell: Cell, found: Evaluation) -> str:
    """How many of the candidates were kept, where some were, and how sure that was."""
    record = yaml.safe_load((place / cell.name / "run.yaml").read_text(encoding="utf-8"))
    if "share_kept" not in record:
        return ""
    chance = percent(found[CHANCE].value)
    return f"{percent(record['share_kept'])} of {record['candidates']} candidates were kept; chance foreseen {chance}"


def retrieval_figures(cell: Cell) -> list[Figure]:
    """The same of known crystals that have the property, with one element exchanged."""
    out = place / f"retrieved-{cell.name}"
    wanted = requested_targets(place / cell.name)
    try:
        count = write_substituted(out, wanted, cell.crystals(n))
    except UserError as error:
        return [Figure(f"{cell.words}: by retrieval and exchange", "", "nothing to measure", 0, None, str(error))]
    found = evaluate_targets(out, workers=args.workers, watch=lambda done, of: say(cell, done, of))
    remark = f"{count} of {cell.crystals(n)} crystals could be made"
    measures = [m for m in found.measures if m.key.endswith("_hit_rate")]
    return [
        share(m, f"{cell.words}: by retrieval and exchange, {m.key.replace('_', ' ')}", remark=remark) for m in measures
    ]


def median_figure(words: str, asked: float, by: dict[str, Measure]) -> Figure:
    m = by["median"]
    without = f"without the target {by['baseline_median'].value:.3g} {m.unit}" if "baseline_median" in by else ""
    remark = (uncorrected(by, "median") + without).removesuffix("; ")
    value = f"{m.value:.3g} {m.unit} ({m.low:.3g} to {m.high:.3g})"
    met = abs(m.value - asked) <= NEAR * asked
    return Figure(f"{words}: median found", f"within {NEAR:.0%} of {asked:g}", value, m.n, met, remark)


def uncorrected(by: dict[str, Measure], what: str) -> str:
    """The same as computed, and with one factor for crystals of any kind, where the judge is corrected."""
    say = percent if what == "hit_rate" else lambda value: f"{value:.3g}"
    ways = {"raw": "as computed", "evenly": "one factor for all"}
    return "".join(
        f"{words} {say(by[f'{what}_{way}'].value)}; " for way, words in ways.items() if f"{what}_{way}" in by
    )


def lift_bar(cell: Cell, base: Measure) -> float | None:
    """That of the cell, or, for targets that are rare without asking, the usual one."""
    return cell.lift or (LIFT if base.value < RARE else None)


def lift_figure(words: str, lift: Measure, base: Measure, bar: float | None) -> Figure:
    """How many times as often as without the target, and its bar if it has one."""
    value = f"{lift.value:.2f} ({lift.low:.2f} to {lift.high:.2f})"
    remark = f"without the target {percent(base.value)} of {base.n}"
    return Figure(words, f"≥ {bar:g}" if bar else "", value, lift.n, lift.value >= bar if bar else None, remark)


def kept_figures(runs: dict[str, Run], cells: Sequence[Cell]) -> list[Figure]:
    """Validity and the like over all runs with targets against those without; the cost in time. In the usual way."""
    cells, figures = [c for c in cells if not c.how], []
    for key, words in KEPT.items():
        pairs = [(runs[c.name].measures[key], runs[c.baseline].measures[key]) for c in cells]
        passed, tried = sum(round(m.value * m.n) for m, _ in pairs), sum(m.n for m, _ in pairs)
        flags = [True] * passed + [False] * (tried - passed)
        without = sum(m.value * m.n for _, m in pairs) / sum(m.n for _, m in pairs)
        worst, name = min((m.value - b.value, c.name) for (m, b), c in zip(pairs, cells, strict=True))
        remark = f"without targets {percent(without)}; worst cell {name}: {100 * worst:+.1f} points"
        bar = max(without - POINTS, 0.0)
        figures.append(share(share_of(key, flags, ""), f"with targets: {words}", bar, remark=remark))
    each = {name: run.seconds / run.crystals for name, run in runs.items()}
    slower = [each[c.name] / each[c.baseline] for c in cells]
    middle = sorted(slower)[len(slower) // 2]
    said = ", ".join(f"{c.name} {s:.2f}" for c, s in zip(cells, slower, strict=True))
    return [*figures, number("time with targets over time without", middle, "times", len(slower), TIMES, remark=said)]


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("-n", type=int, help=f"crystals in each cell, of shear moduli {DEAR} at most")
    parser.add_argument("--seed", type=int, default=SEED, help="of the crystals (default: one never looked at)")
    parser.add_argument("--alone", action="store_true", help="no lifts: runs without targets are not judged")
    parser.add_argument("--unjudged", action="store_true", help="validity and the like, time, and --retrieval alone")
    parser.add_argument("--retrieval", action="store_true", help="judge crystals made by retrieval and exchange, too")
    parser.add_argument("--second-judge", action="store_true", help="ask another potential of some crystals, too")
    parser.add_argument(
        "--only",
        nargs="*",
        help="cells by the beginning of their names; others stay as measured",
    )
    args = parser.parse_args()
    n = args.n or (SMALL if args.small else QUICK if args.quick else N)
    place = folder(args.small) / f"targets-{n}-{args.seed}"
    place.mkdir(exist_ok=True)
    common = ["--checkpoint", args.checkpoint] if args.checkpoint else []
    common += ["--workers", str(args.workers)] if args.workers else []
    cells = [c for c in CELLS if not args.only or c.name.startswith(tuple(args.only))]
    cells = cells[:1] if args.small else cells
    runs: dict[str, Run] = {}
    figures: list[Figure] = []
    seconds: dict[str, Pairs] = {}
    for cell in cells:
        both = (
            (cell.baseline, list(cell.hard), cell.crystals_without(n)),
            (cell.name, cell.arguments, cell.crystals(n)),
        )
        for name, words, crystals in both:
            if name not in runs:
                runs[name] = made(name, words, crystals, args.seed if cell.seed is None else cell.seed)
        figures += retrieval_figures(cell) if args.retrieval else []
        if args.unjudged:
            continue
        found = judged(cell, runs[cell.name], None if args.alone else runs[cell.baseline])
        figures += figures_of(cell, found)
        asked = cell.targets[0].split("=")[0]
        if (args.second_judge or args.small) and asked in OF:
            seconds.setdefault(asked, []).extend(pairs_of(runs[cell.name].out, asked, found, args.workers))
        second = [figure for name, pairs in seconds.items() for figure in second_figures(name, pairs)]
        kept = [] if args.only else kept_figures(runs, cells[: cells.index(cell) + 1])
        save("targets", [*figures, *kept, *second], args.small, args.checkpoint, part=bool(args.only))
    if args.unjudged:
        figures += [] if args.only else kept_figures(runs, cells)
        save("targets", figures, args.small, args.checkpoint, part=True)
