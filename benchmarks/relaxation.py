"""Distance to the minimum and stability of generated crystals, by CHGNet: the first 200 of a run of ``generation.py``.

Run from the root of the repository: ``python benchmarks/relaxation.py`` (ten minutes; ``--small``: a minute).
"""

from __future__ import annotations

import json

from figures import arguments, folder, number, save, share
from process_monitor import SMALL_CELLS, generate

from electrolith.evaluation import evaluate
from electrolith.validators.relaxation.potentials import CHGNET
from electrolith.validators.thermodynamics.zeros_file import shipped_zeros

if __name__ == "__main__":
    args = arguments(__doc__ or "")
    place = folder(args)
    run, n = ("n1", 1) if args.small else ("n1000", 200)
    out = place / run
    if not (out / "cifs").exists():
        size = run.removeprefix("n")
        cells = SMALL_CELLS if args.small else []
        generate(
            out, ["-n", size, "--seed", "0", *cells, *(["--checkpoint", args.checkpoint] if args.checkpoint else [])]
        )
    found = evaluate(out / "cifs", relax=True, limit=n, workers=args.workers)
    found.save(place / "relaxation-evaluation.json")
    distance = found["median_rmsd_from_relaxation"]
    height = found["median_energy_above_hull_per_atom"]
    error = json.loads(shipped_zeros(CHGNET).read_text(encoding="utf-8"))["test_mean_absolute_error"]
    oracle = f"CHGNet 0.3.0, mean absolute error of its formation energies {error * 1000:.0f} meV/atom"
    interval, height_interval = (f"({m.low:.3f} to {m.high:.3f})" for m in (distance, height))
    stable = "at most 0.1 eV/atom above the hull"
    figures = [
        number("median distance to the CHGNet-relaxed structure", distance.value, "Å", distance.n, 0.10, interval),
        number(
            "mean distance to the CHGNet-relaxed structure", found["avg_rmsd_from_relaxation"].value, "Å", distance.n
        ),
        share(found["frac_novel_unique_stable_structures"], f"{stable}, unique and novel", 0.60, remark=oracle),
        share(found["frac_stable_structures"], stable),
        share(found["frac_novel_unique_on_hull_structures"], "on or below the hull, unique and novel", remark=oracle),
        number("median energy above the hull", height.value, "eV/atom", height.n, None, height_interval),
        share(found["frac_successful_jobs"], "relaxations that converged in 500 steps"),
    ]
    save("relaxation", figures, args)
