"""Stability of generated crystals of at most 20 atoms, not relaxed: three runs of 200, judged by two potentials.

Run from the root of the repository: ``python benchmarks/relaxation.py`` (an hour; ``--quick``: CHGNet alone, twenty
minutes; ``--small``: a minute). A stopped run continues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from figures import Figure, arguments, folder, number, save, share
from process_monitor import SMALL_CELLS, generate

from electrolith.evaluation import evaluate
from electrolith.evaluation.family_shares import elements_in
from electrolith.evaluation.generation_metrics import ON_HULL, STABLE
from electrolith.evaluation.metric import median
from electrolith.evaluation.metric import share as share_of
from electrolith.validators.chemistry.compound_families import WITH_ANION, compound_family_of
from electrolith.validators.relaxation.potentials import CHGNET
from electrolith.validators.thermodynamics.formation_energy import references

SEEDS, N, MAX_ATOMS = (10, 11, 12), 200, 20  # others were looked at when the gate was made
LITHIUM = 3

Row = Mapping[str, Any]  # of a crystal in an evaluation


@dataclass(frozen=True)
class Judge:
    """A potential, its name in words, the end of its columns, and the bars of its two shares."""

    potential: str
    words: str
    suffix: str
    metastable: float
    on_hull: float


JUDGES = (
    Judge(CHGNET, "CHGNet", "", 0.95, 0.55),
    Judge("sevenn-0", "SevenNet-0", "_sevenn-0", 0.93, 0.32),
)
WITH = (  # crystals in words, whether one is of them, and the bars of the two shares
    ("an anion", lambda z: compound_family_of(z) in WITH_ANION, 0.85, 0.25),
    ("lithium", lambda z: LITHIUM in z, 0.85, 0.15),
)


def stability_figures(rows: Sequence[Row], judge: Judge) -> list[Figure]:
    """The shares of all crystals, and of those with an anion and with lithium."""
    error = references(judge.potential).error
    remark = f"mean absolute error of formation energies {1000 * error:.0f} meV/atom; hull of Materials Project and WBM"
    found = _shares(rows, judge, "", judge.metastable, judge.on_hull, remark)
    for words, belongs, metastable, on_hull in WITH:
        of = [row for row in rows if belongs(elements_in(row["formula"]))]
        found += _shares(of, judge, f", with {words}", metastable, on_hull, "")
    height = median("", [row[f"energy_above_hull{judge.suffix}"] for row in rows], "eV/atom", "")
    moved = median("", [row[f"rmsd_from_relaxation{judge.suffix}"] for row in rows], "Å", "")
    interval, moved_interval = (f"({m.low:.3f} to {m.high:.3f})" for m in (height, moved))
    bar = 0.02 if judge.potential == CHGNET else None
    converged = share_of("", [row[f"converged{judge.suffix}"] is True for row in rows], "")
    return [
        *found,
        number(f"{judge.words}: median energy above the hull", height.value, "eV/atom", height.n, None, interval),
        number(f"{judge.words}: median distance to the relaxed", moved.value, "Å", moved.n, bar, moved_interval),
        share(converged, f"{judge.words}: relaxations that converged in 500 steps"),
    ]


def _shares(rows: Sequence[Row], judge: Judge, of: str, metastable: float, on_hull: float, remark: str) -> list[Figure]:
    fresh = [row[f"relaxed_unique{judge.suffix}"] and row[f"relaxed_novel{judge.suffix}"] for row in rows]
    height = [row[f"energy_above_hull{judge.suffix}"] for row in rows]
    figures = []
    for limit, words, bar in (
        (STABLE, f"at most {STABLE:g} eV/atom above the hull", metastable),
        (ON_HULL, "on or below the hull", on_hull),
    ):
        flags = [bool(new) and e <= limit for e, new in zip(height, fresh, strict=True)]
        figures.append(share(share_of("", flags, ""), f"{judge.words}: {words}, unique, new{of}", bar, remark=remark))
    return figures


def quality_figures(rows: Sequence[Row]) -> list[Figure]:
    """Uniqueness within a run, novelty and symmetry of the crystals as they were made."""
    as_asked = [row["space_group"] == row["space_group_asked"] for row in rows]
    return [
        share(share_of("", [row["unique"] for row in rows], ""), "unique in the run", 0.98),
        share(share_of("", [row["novel"] for row in rows], ""), "novel against the reference set", 0.95),
        share(share_of("", as_asked, ""), "requested space group found at 0.1 Å", 0.995),
        share(share_of("", [row["space_group"] == 1 for row in rows], ""), "P1 at 0.1 Å", at_most=0.01),
    ]


def crystals_of(place: Path, seed: int, n: int, options: Sequence[str]) -> Path:
    """The folder of the CIFs of a run; a finished one is reused."""
    out = place / f"stability-seed{seed}"
    done = out.with_suffix(".done")
    if not done.exists():
        generate(out, ["-n", str(n), "--seed", str(seed), *options])
        done.touch()
    return out / "cifs"


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    place = folder(args)
    seeds, n, judges = (SEEDS[:1], 1, JUDGES[:1]) if args.small else (SEEDS, N, JUDGES[:1] if args.quick else JUDGES)
    options = SMALL_CELLS if args.small else ["--max-atoms", str(MAX_ATOMS)]
    options += ["--checkpoint", args.checkpoint] if args.checkpoint else []
    rows: list[Row] = []
    for seed in seeds:
        cifs = crystals_of(place, seed, n, [*options, *(["--workers", str(args.workers)] if args.workers else [])])
        found = evaluate(
            cifs, relax=True, workers=args.workers, potentials=[judge.potential for judge in judges],
            journal=place / f"stability-seed{seed}.jsonl",
        )  # fmt: skip
        found.save(place / f"stability-seed{seed}.json")
        rows += found.crystals
    figures = quality_figures(rows)
    for judge in judges:
        figures += stability_figures(rows, judge)
    save("relaxation", figures, args, part=args.quick)
