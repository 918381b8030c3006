"""Hit rate, stability and diversity against the strength of guidance, and a plot of them.

Run from the root of the repository: ``python benchmarks/guidance.py`` (half an hour; ``--quick``: fewer crystals;
``--small``: a minute). All but the small run write ``docs/guidance.svg``.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from figures import ROOT, Figure, arguments, folder, percent, save
from process_monitor import SMALL_CELLS, generate

from electrolith.conditioners.property_target import PropertyTarget
from electrolith.evaluation import evaluate
from electrolith.evaluation.metric import Measure, share
from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.read_crystals import read_crystals

N, QUICK, SMALL = 100, 40, 1
STRENGTHS = (0.0, 1.0, 2.0, 3.0, 5.0)
NAME, TARGET = "bulk_modulus", 200.0
LINES = {
    "hits": f"{NAME.replace('_', ' ')} within 25 % of {TARGET:g} GPa, by the surrogate",
    "frac_stable_structures": "at most 0.1 eV/atom above the hull, by CHGNet",
    "frac_unique_structures": "unique",
    "systems": "different chemical systems",
}
COLOURS = ("#1f6feb", "#1a7f37", "#8250df", "#c2570c")


def measured(out: Path) -> dict[str, Measure]:
    """The measures of ``LINES`` for one run."""
    found = evaluate(out, relax=True, workers=args.workers)
    accepted = PropertyTarget.parse(NAME, TARGET).accepted
    with (out / "crystals.csv").open(encoding="utf-8", newline="") as stream:
        hits = [float(row[f"{NAME}_predicted"]) in accepted for row in csv.DictReader(stream)]
    systems = [c.composition.chemical_system for c in read_crystals(out) if isinstance(c, Crystal)]
    first = [system not in systems[:k] for k, system in enumerate(systems)]
    by = {m.key: m for m in found.measures} | {"hits": share("hits", hits, ""), "systems": share("s", first, "")}
    return {key: by[key] for key in LINES}


def figures_of(strength: float, measures: dict[str, Measure]) -> Figure:
    """A row of the table."""
    remark = "; ".join(f"{words} {percent(measures[key].value)}" for key, words in LINES.items())
    value = percent(measures["hits"].value)
    words = f"`{NAME}={TARGET:g} --guidance {strength:g}`: meets the target, by the surrogate"
    return Figure(words, "", value, measures["hits"].n, None, remark)


def draw(path: Path, rows: Sequence[dict[str, Measure]]) -> None:
    """The figure, as SVG."""
    import matplotlib as mpl
    from matplotlib.figure import Figure as Canvas

    mpl.rcParams["svg.hashsalt"] = "electrolith"
    canvas = Canvas(figsize=(6.4, 4.0), layout="constrained")
    axes = canvas.add_subplot()
    for (key, words), colour in zip(LINES.items(), COLOURS, strict=True):
        shares = [100 * row[key].value for row in rows]
        low, high = ([100 * getattr(row[key], end) for row in rows] for end in ("low", "high"))
        axes.plot(STRENGTHS, shares, "o-", color=colour, label=words)
        axes.fill_between(STRENGTHS, low, high, color=colour, alpha=0.12)
    axes.set(xlabel="strength of guidance", ylabel="share of crystals (%)", ylim=(0, 102))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize="small", frameon=False)
    canvas.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    n = SMALL if args.small else QUICK if args.quick else N
    options = ["-n", str(n), "--seed", "0", "--target", f"{NAME}={TARGET:g}"]
    options += ["--checkpoint", args.checkpoint] if args.checkpoint else []
    options += SMALL_CELLS if args.small else []
    strengths = STRENGTHS[1:3] if args.small else STRENGTHS
    rows: list[dict[str, Measure]] = []
    for strength in strengths:
        out = folder(args) / f"guidance-{strength:g}"
        generate(out, [*options, "--guidance", f"{strength:g}"])
        rows.append(measured(out))
        figures = [figures_of(s, row) for s, row in zip(strengths, rows, strict=False)]
        save("guidance", figures, args)
    if not args.small:
        draw(ROOT / "docs" / "guidance.svg", rows)
