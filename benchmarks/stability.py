"""Errors of the formation energies from CHGNet for 500 crystals of the test split, against the stored energies.

Run from the root of the repository: ``python benchmarks/stability.py`` (a minute; ``--small``: seconds).
"""

from __future__ import annotations

import json

import numpy as np
from figures import arguments, cached, folder, number, save

from electrolith.evaluation.metric import Measure, mean, median
from electrolith.gen.cell_limits import MAX_TRAINED_ATOMS
from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.validators.relaxation.potential_energy import energy_per_atom
from electrolith.validators.thermodynamics.formation_energy import formation_energy

N, SMALL_N = 500, 5
NEAR = 0.1  # eV/atom above the hull
SEEN = "CHGNet was trained on many of these crystals: expect more for others"


def errors(n: int) -> list[tuple[float, float]]:
    """Absolute error of the formation energy and energy above the hull, eV/atom, of n crystals."""
    reference = reference_set()
    stored, height = (reference.property(p) for p in ("formation_energy_per_atom", "energy_above_hull"))
    able = (reference.split == SPLITS.index("test")) & (reference.n_atoms <= MAX_TRAINED_ATOMS) & np.isfinite(stored)
    found = []
    for i in np.random.default_rng(0).permutation(np.flatnonzero(able)):
        crystal = crystal_of(reference[int(i)], str(reference.ids[i]), primitive=True)
        try:
            energy = formation_energy(crystal, energy_per_atom(crystal))
        except KeyError:  # an element without a zero
            continue
        if np.isfinite(energy):
            found.append((abs(energy - float(stored[i])), float(height[i])))
        if len(found) == n:
            break
    return found


def interval(measure: Measure) -> str:
    return f"({measure.low:.3f} to {measure.high:.3f})"


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    store = folder(args) / "stability-errors.json"
    rows = cached(store, args.again) or errors(SMALL_N if args.small else N)
    store.write_text(json.dumps(rows), encoding="utf-8")
    every, near = [e for e, _ in rows], [e for e, height in rows if height <= NEAR]
    all_mean, all_median, near_mean = (
        f("", values, "eV/atom", "") for f, values in ((mean, every), (median, every), (mean, near))
    )  # fmt: skip
    words = "error of formation energies from CHGNet against the stored ones"
    figures = [
        number(f"mean absolute {words}", all_mean.value, "eV/atom", all_mean.n, 0.05, interval(all_mean), SEEN),
        number(
            "median absolute error of formation energies from CHGNet against the stored ones",
            all_median.value,
            "eV/atom",
            all_median.n,
            None,
            interval(all_median),
        ),
        number(
            f"mean absolute error of crystals within {NEAR} eV/atom of the hull",
            near_mean.value,
            "eV/atom",
            near_mean.n,
            None,
            interval(near_mean),
        ),
    ]
    save("stability", figures, args)
