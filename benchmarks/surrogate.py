"""Errors of the surrogates on the test split, from crystals and from orbits alone.

Run from the root of the repository: ``python benchmarks/surrogate.py`` (a minute).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from figures import Figure, arguments, number, percent, save
from scipy.stats import rankdata, spearmanr

from electrolith.gen.cell_limits import MAX_TRAINED_ATOMS
from electrolith.gen.data.dataset import SPLITS, OrbitDataset, reference_set
from electrolith.gen.properties import SHIPPED
from electrolith.gen.surrogate.orbit_inputs import OrbitInputs
from electrolith.gen.surrogate.orbit_surrogate import default_orbit_surrogate, energies_above_hull
from electrolith.gen.surrogate.structure_surrogate import default_structure_surrogate
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables

STABLE = 0.1  # eV/atom above the hull
FEWEST = 10  # crystals


# bars: largest mean absolute error, smallest rank correlation
ERRORS = {"bulk_modulus": 0.070, "shear_modulus": 0.090, "formation_energy_per_atom": 0.060}
RANKS = {"li_barrier": 0.75}


def crystal_figures(test: OrbitDataset) -> list[Figure]:
    """Figures of the structure surrogate; its mixture and spreads were not fitted to the test split."""
    found = default_structure_surrogate().predict(list(test))
    figures = []
    for k, p in enumerate(SHIPPED):
        true, value, spread = test.properties[:, k], found.values[:, k], found.spreads[:, k]
        known = np.isfinite(true) & np.isfinite(value) & ((true > 0) | (not p.log))
        if known.sum() < FEWEST or p.name == "density":
            continue
        columns = (true[known], value[known], spread[known])
        figures.append(error_figure(p.name, p.unit, p.log, *columns, at_most=ERRORS.get(p.name)))
        if p.name in RANKS:
            rank, least = spearmanr(*columns[:2]).statistic, RANKS[p.name]
            words = f"{p.name.replace('_', ' ')}: rank correlation"
            figures.append(Figure(words, f"≥ {least}", f"{rank:.3f}", int(known.sum()), bool(rank >= least)))
    return [replace(f, measure=f"from crystals: {f.measure}") for f in figures]


def error_figure(
    name: str, unit: str, log: bool, true: np.ndarray, found: np.ndarray, spread: np.ndarray,
    at_most: float | None = None,
) -> Figure:  # fmt: skip
    """Mean absolute error (in decades for logarithmic properties), rank correlation, and coverage of the spreads."""
    truth, guess = (np.log10(true), np.log10(found)) if log else (true, found)
    error = np.abs(truth - guess)
    rank = spearmanr(truth, guess).statistic
    within = percent(float((error <= 2 * spread).mean()))
    trivial = np.abs(truth - np.median(truth)).mean()
    words = f"{name.replace('_', ' ')}: mean absolute error" + (f" of log10 ({unit})" if log else "")
    remark = f"the median as a constant prediction: {trivial:.3g}; rank correlation {rank:.2f}; "
    remark += f"{within} within twice the spread"
    return number(words, float(error.mean()), "" if log else unit, len(error), at_most, remark=remark)


def area_under_curve(positive: np.ndarray, score: np.ndarray) -> float:
    """Probability that a positive scores higher than a negative (Mann and Whitney)."""
    ranks = rankdata(score)
    n, m = int(positive.sum()), int((~positive).sum())
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    data = reference_set()
    chosen = np.flatnonzero((data.split == SPLITS.index("test")) & (data.n_atoms <= MAX_TRAINED_ATOMS))
    test = data.take(chosen[::40] if args.small else chosen)
    sites = wyckoff_tables().op_count
    skeletons = [(o.space_group, o.positions, o.elements) for o in test]
    compositions = [dict.fromkeys(z.tolist(), 0) for _, _, z in skeletons]
    for counts, (_, positions, elements) in zip(compositions, skeletons, strict=True):
        for p, z in zip(positions, elements, strict=True):
            counts[int(z)] += int(sites[p])
    surrogate = default_orbit_surrogate()
    found = surrogate.predict(OrbitInputs.of_skeletons(skeletons))
    figures = crystal_figures(test)
    for k, p in enumerate(SHIPPED):
        true = test.properties[:, k]
        known = np.isfinite(true) & ((true > 0) | (not p.log))
        if known.sum() >= FEWEST:
            columns = (true[known], found.values[known, k], found.spreads[known, k])
            figure = error_figure(p.name, p.unit, p.log, *columns)
            figures.append(replace(figure, measure=f"from orbits alone: {figure.measure}"))
    height, _ = energies_above_hull(found, compositions)
    true = test.property("energy_above_hull")
    known = np.isfinite(height) & np.isfinite(true)
    area = area_under_curve(true[known] <= STABLE, -height[known])
    words = f"area under the ROC curve for crystals at most {STABLE} eV/atom above the hull"
    share = percent(float((true[known] <= STABLE).mean()))
    remark = f"predicted formation energy over the hull of known compounds; {share} of the crystals are"
    figures.append(number(words, area, "", int(known.sum()), remark=remark))
    save("surrogate", figures, args)
