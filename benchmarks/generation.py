"""Validity, symmetry, novelty, time and memory of 1,000 crystals without targets, and validity of larger cells.

Run from the root of the repository: ``python benchmarks/generation.py`` (half an hour; ``--small``: a minute).
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from figures import Figure, arguments, cached, folder, number, percent, save, share
from process_monitor import Cost, generate
from rejection_rates import rejection_rates

from electrolith.evaluation import evaluate
from electrolith.evaluation.evaluation import Evaluation
from electrolith.evaluation.family_shares import ANION, F_ELEMENT, RADIOACTIVE_ELEMENT
from electrolith.evaluation.metric import Measure
from electrolith.evaluation.metric import share as share_of
from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.properties import SHIPPED
from electrolith.gen.sampling.crystal_sampler import CrystalSampler
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.generation.balanced_composition import balanced
from electrolith.validators.chemistry.compound_families import COMPOUND_FAMILIES
from electrolith.validators.chemistry.smact_validity import charge_balance
from electrolith.validators.structure.novel import element_counts

MAIN, SIZES, LARGE = 1000, (100, 1000, 10_000), 200
COMMON = 0.05  # share of the training crystals from which on a family is large enough for a factor


def measured(name: str, n: int, options: list[str]) -> tuple[Path, Cost]:
    """Folder and cost of a run of ``electrolith generate``; a stored one is reused."""
    out, note = place / name, place / f"{name}.time.json"
    known = cached(note, args.again)
    if known is None:
        known = asdict(generate(out, ["-n", str(n), "--seed", "0", *options, *common]))
        note.write_text(json.dumps(known), encoding="utf-8")
    return out, Cost(**known)


def main_figures(found: Evaluation, out: Path, cost: Cost) -> list[Figure]:
    """Figures of the run of 1,000 crystals."""
    raw, n = rejection_rates(out), len(found.crystals)
    drawn, known = skeletons_alone(50 if args.small else 2000), training_set()
    as_drawn = (
        f"before replacement: {percent(drawn.value)} ({percent(drawn.low)} to {percent(drawn.high)}) of {drawn.n} "
        f"compositions as first drawn; training set {percent(known.value)}"
    )
    symmetric = f"before replacement {percent(raw.symmetric)}"
    return [
        share(found["avg_structure_validity"], "structurally valid (0.5 Å, volume)", 0.995, remark=raw.words),
        share(found["avg_comp_validity"], "composition valid by SMACT", 0.88, remark=as_drawn),
        share(found["frac_space_group_as_asked"], "requested space group found at 0.1 Å", 0.98, remark=symmetric),
        share(found["frac_p1"], "generated as P1, 0.1 Å", at_most=0.03),
        share(found["frac_unique_structures"], "unique in the run", 0.97),
        share(found["frac_novel_structures"], "novel against the reference set", 0.70, remark=found.reference),
        share(found["frac_novel_unique_structures"], "unique and novel"),
        number("wall time for the 1,000", cost.seconds, "s", n, at_most=150),
        number("peak memory, all processes together (PSS)", cost.peak_bytes / 1e9, "GB", n, at_most=2),
    ]


def chemistry_figures(found: Evaluation) -> list[Figure]:
    """Figures of the families of compounds in the run, against the training data."""
    rows, n = {row.group: row for row in found.families}, len(found.crystals)

    def counted(group: str) -> Measure:
        k = round(rows[group].delivered * n)
        return share_of(group, [True] * k + [False] * (n - k), "")

    families = [rows[family] for family in COMPOUND_FAMILIES if rows[family].training >= COMMON]
    furthest = max(max(row.factor, 1 / max(row.factor, 1 / n)) for row in families)
    said = ", ".join(
        f"{row.group} {percent(row.training)} / {percent(row.asked)} / {percent(row.drawn)} / {percent(row.delivered)}"
        for row in found.families
    )
    words = f"largest factor between a family's share and that in the training data (families above {percent(COMMON)})"
    fresh = found["frac_novel_lanthanides_merged"]
    return [
        number(words, furthest, "times", n, 1.5, remark=f"training / asked / drawn / delivered: {said}"),
        share(counted(ANION), ANION, 0.40),
        number("share with an f element over that in the training data", rows[F_ELEMENT].factor, "times", n, 1.3),
        share(counted(RADIOACTIVE_ELEMENT), RADIOACTIVE_ELEMENT, at_most=0),
        share(fresh, "novel if all lanthanides, La to Lu, count as one element"),
    ]


def skeletons_alone(n: int) -> Measure:
    """Share of compositions that SMACT accepts, as the model draws them; a run redraws rejected ones at once."""
    sampler = CrystalSampler.load(args.checkpoint or "default")
    flags = []
    for start in range(0, n, 100):
        no_targets = SHIPPED.normalise(np.full((100, len(SHIPPED)), np.nan))
        drawn = sampler.skeletons.draw(range(start, start + 100), Constraints(), no_targets)
        flags += [skeleton is not None and balanced(skeleton.composition) for skeleton in drawn]
    return share_of("drawn", flags, "")


def training_set() -> Measure:
    """Share of the formulas of the training set that SMACT accepts: the most that a faithful model can reach."""
    reference = reference_set()
    counts = element_counts(reference.take(reference.split == SPLITS.index("train")))
    counts = counts[:: 100 if args.small else 1]
    counts //= np.gcd.reduce(counts, axis=1)[:, None]
    formulas = (tuple((int(z), int(row[z])) for z in np.flatnonzero(row)) for row in counts)
    return share_of("training", [charge_balance(formula)[0] for formula in formulas], "")


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    place = folder(args)
    common = ["--checkpoint", args.checkpoint] if args.checkpoint else []
    common += ["--workers", str(args.workers)] if args.workers else []
    main_n, sizes, large_n = (2, (1, 2), 1) if args.small else (MAIN, SIZES, LARGE)
    if args.quick:
        sizes = sizes[:-1]

    _, cold = measured("cold", 1 if args.small else 10, [])
    out, cost = measured(f"n{main_n}", main_n, [])
    found = evaluate(out)
    found.save(place / "evaluation.json")
    figures = [*main_figures(found, out, cost), *chemistry_figures(found)]
    first = cold.first_rows or cold.seconds
    figures.append(number("first 10 crystals from a cold start", first, "s", 10, at_most=20))

    times = {n: measured(f"n{n}", n, [])[1].seconds for n in sizes}
    said = ", ".join(f"{n:,}: {seconds:.0f} s" for n, seconds in times.items())
    smallest, largest = min(sizes), max(sizes)
    growth = (times[largest] / times[smallest]) / (largest / smallest)
    words = "time per crystal in the largest run over that in the smallest"
    figures.append(number(words, growth, "times", largest, 1.0, remark=said))

    large, _ = measured("large", large_n, ["--n-atoms", "21..52"])
    valid = evaluate(large)["avg_structure_validity"]
    figures.append(
        share(valid, "cells of 21 to 52 atoms: structurally valid", 0.98, remark=rejection_rates(large).words)
    )
    save("generation", figures, args)
