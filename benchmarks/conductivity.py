"""Quality of the conductivity estimate for families of materials that it has not seen, and of the barrier alone.

Run from the root of the repository: ``python benchmarks/conductivity.py`` (minutes). With a folder of the OBELiX CIFs
in ``ELECTROLITH_OBELIX``, barriers of its ordered cells are computed as well. A family is left out together with every
row of another family whose composition differs by less than 0.15 (summed difference of the shares of atoms). The whole
fit, with its hyperparameters, is done without them.
"""

from __future__ import annotations

import csv
import os
import sys
import warnings
from pathlib import Path

import numpy as np
from figures import Figure, arguments, number, save

from electrolith.gen.crystal import Crystal
from electrolith.validators.transport.barrier import Barrier
from electrolith.validators.transport.conductor_model import (
    CONDUCTOR,
    NEAR,
    ConductorModel,
    ranking,
)
from electrolith.validators.transport.measured_conductors import TABLE, Measured, measured

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
KNOWN = (
    "Li3N", "Li6PS5Cl", "Li3OCl", "Li7La3Zr2O12", "Li10GeP2S12", "Li2O", "LiF", "LiCl", "Li3PO4", "LiFePO4", "LiCoO2",
)  # fmt: skip
SMALL = ("nitrides",)
DRAWS = 2000


def left_out(rows: Measured, families: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indices of the rows of these families, with their estimates and spreads by fits without each family."""
    apart = np.abs(rows.shares[:, None] - rows.shares[None]).sum(2)
    places, values, spreads = [], [], []
    for family in families:
        test = np.flatnonzero(rows.families == family)
        train = np.flatnonzero((rows.families != family) & (apart[:, test].min(1) >= NEAR))
        found = ConductorModel(rows.only(train)).estimate(rows.features[test], rows.shares[test])
        places.append(test)
        values.append([e.value for e in found])
        spreads.append([e.spread for e in found])
    return np.concatenate(places), np.concatenate(values), np.concatenate(spreads)


def interval(scores: np.ndarray, positive: np.ndarray, families: np.ndarray) -> str:
    """95 % interval of the area under the ROC curve, by resampling whole families."""
    rng = np.random.default_rng(0)
    names = np.unique(families)
    blocks = [np.flatnonzero(families == name) for name in names]
    areas = []
    for _ in range(DRAWS):
        drawn = np.concatenate([blocks[k] for k in rng.integers(len(names), size=len(names))])
        if 0 < positive[drawn].sum() < len(drawn):
            areas.append(ranking(scores[drawn], positive[drawn]))
    low, high = np.percentile(areas, [2.5, 97.5])
    return f"({low:.2f} to {high:.2f}, families resampled)"


def estimates(rows: Measured, small: bool) -> list[Figure]:
    families = list(SMALL) if small else np.unique(rows.families).tolist()
    at, found, spread = left_out(rows, families)
    truth, own = rows.values[at], rows.families[at]
    positive = truth >= CONDUCTOR
    area = ranking(found, positive)
    within = [
        f"{name} {ranking(found[own == name], positive[own == name]):.2f}"
        for name in np.unique(own)
        if (own == name).sum() >= 20 and 0 < positive[own == name].sum() < (own == name).sum()
    ]
    others = np.array([rows.values[rows.families != name].mean() for name in own])
    mates = others.copy()
    for name in np.unique(own):
        block = truth[own == name]
        if len(block) > 1:
            mates[own == name] = (block.sum() - block) / (len(block) - 1)
    error, n = np.abs(found - truth).mean(), len(at)
    remark = f"conductors: at least 1e-4 S/cm, {positive.sum()} of {n}; within families: {', '.join(within)}"
    value = f"{area:.3f} {interval(found, positive, own)}"
    inside = np.abs(found - truth) < spread

    def guess_error(guess: np.ndarray) -> float:
        return float(np.abs(guess - truth).mean())

    words = "area under the ROC curve for conductors, each family left out"
    return [
        Figure(words, "≥ 0.75", value, n, bool(area >= 0.75), remark),
        number("mean absolute error of the conductivity estimate", float(error), "decades", n,
               remark="values below 1e-10 S/cm count as 1e-10"),
        number("mean absolute error of the mean of all other families", guess_error(others), "decades", n),
        number("mean absolute error of the mean of the other rows of the family", guess_error(mates), "decades", n,
               remark="uses the family, which the estimate does not know"),
        number("measured values within one spread of the estimate", float(100 * inside.mean()), "%", n),
    ]  # fmt: skip


def ordered(folder: Path, small: bool) -> list[tuple[str, Crystal]]:
    """Ordered cells of OBELiX with lithium, smallest first."""
    from pymatgen.core import Structure

    found = []
    for path in sorted(folder.rglob("*.cif")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            structure = Structure.from_file(path)
        if structure.is_ordered and "Li" in structure.composition:
            found.append((path.stem, Crystal.from_structure(structure)))
    return sorted(found, key=lambda item: len(item[1]))[: 5 if small else None]


def barriers(rows: Measured, small: bool) -> list[Figure]:
    folder = os.environ.get("ELECTROLITH_OBELIX")
    if not folder:
        return []
    with TABLE.open(encoding="utf-8") as file:
        place = {row["id"]: k for k, row in enumerate(csv.DictReader(file))}
    scores, truth = [], []
    for name, crystal in ordered(Path(folder), small):
        verdict = Barrier(in_3d_at_most=10.0).check(crystal)
        if verdict.passed is not None and name in place:
            scores.append(-(verdict.value if verdict.value is not None else 10.0))
            truth.append(rows.values[place[name]] >= CONDUCTOR)
    positive = np.array(truth)
    words = "the barrier alone (3D), for the ordered cells of OBELiX: area under the ROC curve"
    area = ranking(np.array(scores), positive) if 0 < positive.sum() < len(positive) else float("nan")
    return [number(words, area, "", len(scores), remark=f"only {positive.sum()} conductors among them")]


def crystal_of_formula(formula: str) -> Crystal | None:
    """The crystal of this formula in ``tests/conftest.py``, or the most stable one in the reference set."""
    from conftest import NAMED, named
    from pymatgen.core import Composition

    from electrolith.gen.data.dataset import reference_set
    from electrolith.gen.symmetry.orbits import crystal_of
    from electrolith.validators.structure.matching import formula_keys
    from electrolith.validators.structure.novel import element_counts

    if formula in NAMED:
        return named(formula)
    wanted = np.zeros((1, 119), dtype=np.int64)
    for element, count in Composition(formula).items():
        wanted[0, element.Z] = int(count)
    data = reference_set()
    alike = np.flatnonzero(formula_keys(element_counts(data)) == formula_keys(wanted)[0])
    if len(alike) == 0:
        return None
    best = alike[np.nanargmin(data.property("formation_energy_per_atom")[alike])]
    return crystal_of(data[int(best)], formula, primitive=True)


def known(small: bool) -> Figure:
    """Barriers of known crystals, lowest first."""
    found = []
    for formula in KNOWN[:1] if small else KNOWN:
        crystal = crystal_of_formula(formula)
        verdict = Barrier().check(crystal) if crystal else None
        if verdict is not None and verdict.passed is not None:
            one, _, three = (d.value for d in verdict.details[:3])
            found.append(
                (float(one), f"{formula} {one:.2f}/{three if isinstance(three, str) else format(three, '.2f')}")
            )
    shown = ", ".join(text for _, text in sorted(found))
    remark = "a proxy for mobility, not a conductivity"
    return Figure("barriers of known crystals, 1D/3D, eV, lowest first", "", shown, len(found), None, remark)


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    rows = measured()
    figures = [*estimates(rows, args.small), *barriers(rows, args.small), known(args.small)]
    save("conductivity", figures, args)
