"""Fine-tuning on a custom property with 500 rows: time, error on unseen crystals, and hit rate of generated crystals.

Run from the root of the repository: ``python benchmarks/finetune.py`` (half an hour of two cores a property;
``--small``: a minute). A stopped run continues. Two properties serve as examples:

``my_bond``  distance of the two nearest atoms, Å. The models have not seen it. The oracle measures it.
``my_gap``   the band gap under another name, eV. The models have seen it under its own name: an easy case. The oracle
             is the shipped surrogate, which was trained on the gaps of 46,000 crystals.

With ``--data elastic_tensors.parquet`` also ``my_c44``, the elastic constant C₄₄ in GPa, without an oracle.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from figures import Figure, cached, folder, number, options, save, share
from process_monitor import generate
from pymatgen.core import Structure
from scipy.stats import spearmanr

from electrolith.evaluation.metric import ratio
from electrolith.evaluation.metric import share as share_of
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.build_dataset import to_orbits
from electrolith.gen.data.dataset import SPLITS, OrbitDataset, reference_set
from electrolith.gen.reading.read_crystals import read_crystals
from electrolith.gen.symmetry.orbits import Orbits, crystal_of
from electrolith.io.cif_writer import cif_text
from electrolith.prediction.finetune_folder import FinetuneSettings, finetune_to_folder, property_requests
from electrolith.prediction.prediction import predict

ROWS, TESTED, GENERATED, STEPS = 500, 1000, 60, 1000
SMALL = {"rows": 60, "tested": 20, "generated": 1, "steps": 0, "reference": 300}
MAX_ATOMS = 20  # in the primitive cell, of rows and generated crystals
MINUTES = 20  # the bar
LIFT = 2.0


@dataclass(frozen=True)
class Case:
    """An example of a custom property.

    symbol  meaning
    name    name of its column
    unit    unit of its values
    rows    crystals with their values, for training and test
    oracle  computes the property of crystals; None without an oracle
    """

    name: str
    unit: str
    rows: Callable[[], list[tuple[Orbits, float]]]
    oracle: Callable[[Sequence[Crystal]], list[float]] | None


def shortest(crystal: Crystal) -> float:
    """Distance of the two nearest atoms, Å."""
    neighbours = crystal.structure.get_neighbor_list(8.0)[3]
    return float(neighbours.min()) if len(neighbours) else 8.0


def some_of(split: str, count: int, seed: int) -> OrbitDataset:
    data = reference_set()
    usable = np.flatnonzero((data.split == SPLITS.index(split)) & (data.n_atoms <= MAX_ATOMS))
    return data.take(np.random.default_rng(seed).choice(usable, count, replace=False))


def of_reference(values: Callable[[OrbitDataset], np.ndarray]) -> list[tuple[Orbits, float]]:
    """``rows`` crystals of the training split, then ``tested`` crystals of the test split, with their values."""
    pairs: list[tuple[Orbits, float]] = []
    for split, count in (("train", rows), ("test", tested)):
        data = some_of(split, 2 * count, 0)
        found = values(data)
        known = np.flatnonzero(np.isfinite(found))[:count]
        pairs += [(data[int(i)], float(found[i])) for i in known]
    return pairs


def bonds(data: OrbitDataset) -> np.ndarray:
    return np.array([shortest(crystal_of(orbits, primitive=True)) for orbits in data])


def gaps(crystals: Sequence[Crystal]) -> list[float]:
    return [p.values["band_gap"].value if "band_gap" in p.values else float("nan") for p in predict(crystals)]


def c44() -> list[tuple[Orbits, float]]:
    """All rows of the table in a random order."""
    table = pd.read_parquet(args.data).sample(frac=1.0, random_state=0)
    pairs = []
    for row in table.itertuples():
        value = float(np.reshape(row.elastic_tensor, (6, 6))[3, 3])
        orbits = to_orbits(Crystal.from_structure(Structure.from_str(row.poscar, fmt="poscar")), verify=False)
        if isinstance(orbits, Orbits) and value > 0:
            pairs.append((orbits, value))
    return pairs[: rows + tested]


def finetuned(case: Case, place: Path, pairs: Sequence[tuple[Orbits, float]]) -> dict[str, float]:
    """Wall and CPU time of the command, s; a stored result is reused."""
    note = place / "time.json"
    known = cached(note, args.again)
    if known is not None and (place / "checkpoint" / "properties.yaml").exists():
        return dict(known)
    table = place / "rows.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cif", case.name])
        writer.writerows([cif_text(orbits, f"row-{k}", []), value] for k, (orbits, value) in enumerate(pairs))
    words = ["finetune", "--data", str(table), "--property", case.name, "--unit", case.unit]
    checkpoint = place / "checkpoint"
    resumed = checkpoint.exists() and not args.again
    words += ["-o", str(checkpoint), "--steps", str(steps), "--resume" if resumed else "--overwrite"]
    words += ["--threads", str(args.workers)] if args.workers else []
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    if args.small:  # with a part of the reference set, which the command does not offer
        request = property_requests([case.name], [case.unit], None, None)
        settings = FinetuneSettings(str(table), request, "default", steps, SMALL["reference"], 0, args.workers or 1)
        finetune_to_folder(settings, checkpoint, overwrite=True)
    else:
        run_command(words)
    seconds = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = sum(getattr(after, k) - getattr(before, k) for k in ("ru_utime", "ru_stime"))
    known = {"seconds": seconds, "cpu": cpu, "resumed": resumed}
    note.write_text(json.dumps(known), encoding="utf-8")
    return known


def run_command(words: Sequence[str]) -> None:
    """Runs ``electrolith`` with these words; raises ``RuntimeError`` with its message if it fails."""
    command = [str(Path(sys.executable).with_name("electrolith")), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


def error_figures(case: Case, checkpoint: Path, pairs: Sequence[tuple[Orbits, float]]) -> list[Figure]:
    """Errors on crystals that are neither rows nor of the training split."""
    entry = next(p for p in yaml.safe_load((checkpoint / "properties.yaml").read_text()) if p["name"] == case.name)
    crystals = [crystal_of(orbits, primitive=True) for orbits, _ in pairs]
    found = [p.values.get(case.name) for p in predict(crystals, checkpoint)]
    known = [k for k, value in enumerate(found) if value is not None]
    truth, value = np.array([pairs[k][1] for k in known]), np.array([found[k].value for k in known])
    spread = np.array([found[k].spread for k in known])
    if entry["log"]:
        truth, value = np.log10(truth), np.log10(value)
    error = np.abs(truth - value)
    guess = float(np.abs(truth - entry["centre"]).mean())
    unit, within = ("decades" if entry["log"] else case.unit), float((error <= 2 * spread).mean())
    rank = spearmanr(truth, value).statistic
    remark = f"error of the mean of the rows: {guess:.3g}; rank correlation {rank:.2f}; "
    remark += f"{100 * within:.0f} % within twice the spread"
    words = f"`{case.name}`: mean absolute error on unseen crystals"
    return [number(words, float(error.mean()), unit, len(known), guess, remark=remark)]


def target_figures(case: Case, place: Path, values: Sequence[float]) -> list[Figure]:
    """Hit rates of crystals generated for the highest quarter of the rows, and lift over crystals without target."""
    least = float(f"{np.quantile(values, 0.75):.3g}")
    target, checkpoint = f"{case.name}>={least:g}", place / "checkpoint"
    runs = {}
    for name, options_ in (("asked", ["--target", target]), ("without", [])):
        out = place / name
        if args.again or not (out / "generated_crystals.extxyz").exists():
            common = ["-n", str(n_generated), "--seed", "0", "--checkpoint", str(checkpoint)]
            generate(out, [*common, *options_, *(["--workers", str(args.workers)] if args.workers else [])])
        runs[name] = [c for c in read_crystals(out) if isinstance(c, Crystal)]
    figures = []
    words = f"`{target}` {case.unit}"
    sources = [("predicted to meet it", lambda cs: [_value(p.values.get(case.name)) for p in predict(cs, checkpoint)])]
    sources += [("meets it by the oracle", case.oracle)] if case.oracle is not None else []
    for manner, oracle in sources:
        hits, base = ([bool(v >= least) for v in oracle(runs[name])] for name in ("asked", "without"))
        figures.append(share(share_of("hits", hits, ""), f"{words}: {manner}"))
        lift = ratio("lift", hits, base, "")
        shown = f"{lift.value:.2f} ({lift.low:.2f} to {lift.high:.2f})"
        bar = f"≥ {LIFT:g}" if manner != "predicted to meet it" else ""
        remark = f"without the target {100 * float(np.mean(base)):.0f} % of {len(base)}"
        met = bool(lift.value >= LIFT) if bar else None
        figures.append(Figure(f"{words}: {manner}, lift over no target", bar, shown, lift.n, met, remark))
    return figures


def _value(found: object) -> float:
    return float(getattr(found, "value", np.nan))


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--data", type=Path, help="elastic_tensors.parquet")
    parser.add_argument("--only", nargs="*", help="properties, e.g. my_gap")
    args = parser.parse_args()
    rows, tested = (SMALL["rows"], SMALL["tested"]) if args.small else (ROWS, TESTED)
    n_generated, steps = (SMALL["generated"], SMALL["steps"]) if args.small else (GENERATED, STEPS)
    cases = [
        Case("my_bond", "Å", lambda: of_reference(bonds), lambda crystals: [shortest(c) for c in crystals]),
        Case("my_gap", "eV", lambda: of_reference(lambda data: data.property("band_gap")), gaps),
    ]
    cases += [Case("my_c44", "GPa", c44, None)] if args.data else []
    cases = [c for c in cases if not args.only or c.name in args.only]
    figures = []
    for case in cases[:1] if args.small else cases:
        place = folder(args) / f"finetune-{case.name}"
        place.mkdir(exist_ok=True)
        pairs = case.rows()
        took = finetuned(case, place, pairs[:rows])
        minutes = took["seconds"] / 60
        remark = f"{took['cpu'] / 60:.1f} minutes of CPU" + ("; the last part of a resumed run" * took["resumed"])
        words = f"`{case.name}`: time of `electrolith finetune` with {rows} rows"
        figures.append(number(words, minutes, "min", rows, MINUTES, remark=remark))
        figures += error_figures(case, place / "checkpoint", pairs[rows:])
        figures += target_figures(case, place, [value for _, value in pairs[:rows]])
        save("finetune", figures, args)
