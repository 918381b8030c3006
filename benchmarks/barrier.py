"""Rank of measured conductors by barriers that count from different sites of the bond-valence field.

Run from the root of the repository, with a folder of the OBELiX CIFs in ``ELECTROLITH_OBELIX``: ``python
benchmarks/barrier.py`` (two minutes; without the folder, known crystals only). A disordered crystal counts as its
average: an ion of the framework is weighted by its share of the place, and charges are those of the composition. Where
lithium has half of a place or more, it has the place alone; elsewhere lithium beside a cation is no occupied site,
unless there is no other. Crystals of one composition and space group count once, with medians.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from conductivity import crystal_of_formula
from figures import Figure, arguments, number, save
from numpy.typing import NDArray

from electrolith.disorder.average_cell import AverageCell, average_cell
from electrolith.disorder.formal_charges import NoCharges, formal_charges
from electrolith.gen.crystal import Crystal
from electrolith.gen.disordered_crystal import DisorderedCrystal
from electrolith.gen.reading.read_crystals import Unreadable, read_crystals
from electrolith.validators.transport.barrier import RESOLUTION
from electrolith.validators.transport.bond_valence import Ion, framework, grid_shape, summed_energies
from electrolith.validators.transport.conductor_model import CONDUCTOR, ranking
from electrolith.validators.transport.measured_conductors import FLOOR, TABLE
from electrolith.validators.transport.occupied_sites import occupied_energies
from electrolith.validators.transport.percolation import HIGHEST, percolation_energies
from electrolith.validators.transport.softbv_parameters import NoSiteEnergy, parameters_of_charges

LITHIUM = 3
OCCUPIED = 0.1  # least share of a place that is an occupied site
POOR = -6.0  # log10 S/cm
MANY = 8  # crystals of a family within which they are ranked
DRAWS = 1000
KNOWN = ("Li3N", "Li6PS5Cl", "Li3OCl", "Li7La3Zr2O12", "Li10GeP2S12", "LiTi2(PO4)3", "Li2O", "LiF", "Li3PO4", "LiFePO4")
PEROVSKITE = DisorderedCrystal(  # Li0.3La0.567TiO3, a conductor of 1e-3 S/cm
    3.87 * np.eye(3),
    np.array([[0, 0, 0], [0.5, 0.5, 0.5], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]),
    ({3: 0.3, 57: 0.567}, {22: 1.0}, {8: 1.0}, {8: 1.0}, {8: 1.0}),
    np.array([0, 1, 2, 2, 2]),
)


@dataclass(frozen=True)
class Sites:
    """Percolation energies (3,) and energies of occupied sites (m,), eV above the lowest point; shares (m,)."""

    passes: NDArray[np.float64]
    energies: NDArray[np.float64]
    shares: NDArray[np.float64]

    @property
    def occupied(self) -> NDArray[np.bool_]:
        return self.shares >= min(OCCUPIED, self.shares.max())

    @property
    def median(self) -> float:
        order = np.argsort(self.energies)
        return float(self.energies[order][np.searchsorted(self.shares[order].cumsum(), self.shares.sum() / 2)])


REFERENCES: dict[str, Callable[[Sites], float]] = {
    "the lowest point": lambda _: 0.0,
    "the highest occupied site": lambda s: float(s.energies[s.occupied].max()),
    "the mean of the occupied sites": lambda s: float(np.average(s.energies, weights=s.shares)),
    "the median of the occupied sites": lambda s: s.median,
    "the lowest occupied site": lambda s: float(s.energies[s.occupied].min()),
}
DEFINITIONS = [(name, dimensions) for dimensions in (3, 2, 1) for name in REFERENCES]  # first: that of the check


def sites_of(crystal: Crystal | DisorderedCrystal, resolution: float = RESOLUTION) -> Sites:
    """The sites of a crystal or of the average of a disordered one. Raises ``NoSiteEnergy`` and ``NoCharges``."""
    from pymatgen.core import Element, Structure

    cell = average_cell(crystal if isinstance(crystal, DisorderedCrystal) else as_average(crystal))
    charges = formal_charges(cell.counts).of
    places, shares, others = lithium_and_framework(cell)
    if len(places) == 0:
        raise NoSiteEnergy("there is no lithium in the file")
    species = [Element.from_Z(z).symbol for _, z, _ in others]
    atoms = Structure(cell.lattice, ["Li", *species], [places[0], *(place for place, _, _ in others)])
    atoms.add_oxidation_state_by_site([1, *(charges[z] for _, z, _ in others)])
    ions = framework(*parameters_of_charges(atoms))
    weighted = [scaled(ion, share) for ion, (_, _, share) in zip(ions, others, strict=True)]
    field = summed_energies(weighted, cell.lattice, grid_shape(cell.lattice, resolution))
    lithium = Crystal.of(cell.lattice, places, np.full(len(places), LITHIUM))
    energies = occupied_energies(field, lithium, LITHIUM) - field.min()
    return Sites(np.minimum(percolation_energies(field), HIGHEST), energies, shares)


def as_average(crystal: Crystal) -> DisorderedCrystal:
    shares = tuple({int(z): 1.0} for z in crystal.atomic_numbers)
    return DisorderedCrystal(crystal.lattice, crystal.frac_coords, shares, np.arange(len(crystal)))


def scaled(ion: Ion, share: float) -> Ion:
    return replace(ion, energy=lambda r: share * ion.energy(r))


def lithium_and_framework(
    cell: AverageCell,
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[tuple[NDArray[np.float64], int, float]]]:
    """Places (m, 3) and shares (m,) of lithium; place, element and share of the ions around it."""
    contents = [dict(cell.shares[k]) for k in cell.classes]
    least = 0.5 if any(c.get(LITHIUM, 0) > 0 and (len(c) == 1 or c[LITHIUM] >= 0.5) for c in contents) else 0.0
    places, shares, others = [], [], []
    for place, content in zip(cell.positions, contents, strict=True):
        share = content.pop(LITHIUM, 0.0)
        if share > 0 and (not content or share >= least):
            places.append(place)
            shares.append(share)
        else:
            others += [(place, z, part) for z, part in content.items()]
    return np.array(places), np.array(shares), others


@dataclass(frozen=True, eq=False)
class Rows:
    """Barriers (n, definitions), log10 of the conductivity (n,) and families (n,)."""

    barriers: NDArray[np.float64]
    values: NDArray[np.float64]
    families: NDArray[np.str_]


def measured_rows(folder: Path) -> Rows:
    with TABLE.open(encoding="utf-8") as file:
        table = {row["id"]: row for row in csv.DictReader(file)}
    alike: dict[tuple[str, str], list[tuple[list[float], float, str]]] = {}
    for path in sorted(folder.rglob("*.cif")):
        entry = next(iter(read_crystals(path)))
        crystal = entry.disordered if isinstance(entry, Unreadable) else entry
        row = table.get(path.stem)
        if crystal is None or row is None:
            continue
        try:
            sites = sites_of(crystal)
        except (NoSiteEnergy, NoCharges):
            continue
        barriers = [float(sites.passes[d - 1]) - REFERENCES[name](sites) for name, d in DEFINITIONS]
        value = max(float(np.log10(float(row["conductivity"]))), FLOOR)
        alike.setdefault((row["composition"], row["space_group"]), []).append((barriers, value, row["family"]))
    groups = list(alike.values())
    barriers = [np.median([one for one, _, _ in group], axis=0) for group in groups]
    values = [float(np.median([value for _, value, _ in group])) for group in groups]
    return Rows(np.array(barriers), np.array(values), np.array([group[0][2] for group in groups]))


def rank_correlations(barriers: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spearman's correlation of each column (n, k) with the values (n,); 0 where one of them is constant."""
    from scipy.stats import rankdata

    ranks, other = rankdata(barriers, axis=0), rankdata(values)
    ranks, other = ranks - ranks.mean(0), other - other.mean()
    norm = np.sqrt((ranks**2).sum(0) * (other**2).sum())
    return np.asarray((ranks * other[:, None]).sum(0) / np.where(norm > 0, norm, np.inf))


def definitions(rows: Rows) -> list[Figure]:
    """The rank correlation of each definition, with families resampled."""
    rng = np.random.default_rng(0)
    blocks = [np.flatnonzero(rows.families == name) for name in np.unique(rows.families)]
    drawn = [np.concatenate([blocks[k] for k in rng.integers(len(blocks), size=len(blocks))]) for _ in range(DRAWS)]
    samples = np.array([rank_correlations(rows.barriers[k], rows.values[k]) for k in drawn])
    large = [block for block in blocks if len(block) >= MANY]
    sizes = [len(block) for block in large]
    within = np.average([rank_correlations(rows.barriers[k], rows.values[k]) for k in large], axis=0, weights=sizes)
    found = rank_correlations(rows.barriers, rows.values)
    figures = []
    for k, (name, d) in enumerate(DEFINITIONS):
        areas = [ranking(-rows.barriers[:, k], rows.values >= limit) for limit in (CONDUCTOR, POOR)]
        low, high = np.percentile(samples[:, k], [2.5, 97.5])
        less, more = np.percentile(samples[:, 0] - samples[:, k], [2.5, 97.5])
        remark = (
            f"area under the ROC curve {areas[0]:.2f} at 1e-4 S/cm, {areas[1]:.2f} at 1e-6; within families of {MANY} "
            f"and more {within[k]:+.2f}; the first less this {found[0] - found[k]:+.2f} ({less:+.2f} to {more:+.2f})"
        )
        words = f"barrier in {d}D from {name}: rank correlation with the conductivity"
        interval = f"({low:+.2f} to {high:+.2f}, families resampled)"
        figures.append(number(words, float(found[k]), "", len(rows.values), interval=interval, remark=remark))
    return figures


def known(small: bool) -> Figure:
    """Barriers of known crystals from the lowest point and from the highest occupied site."""
    shown = []
    crystals = {name: crystal_of_formula(name) for name in (KNOWN[:1] if small else KNOWN)}
    for name, crystal in {**crystals, "Li0.3La0.567TiO3 (average)": PEROVSKITE}.items():
        if crystal is not None:
            sites = sites_of(crystal, 0.4 if small else RESOLUTION)
            shown.append(f"{name} {sites.passes[2]:.2f}/{sites.passes[2] - sites.energies.max():.2f}")
    words = "barriers in 3D from the lowest point / the highest occupied site, eV"
    return Figure(words, "", ", ".join(shown), len(shown), None, "below 0: the occupied site is above the pass")


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    obelix = os.environ.get("ELECTROLITH_OBELIX")
    measured = definitions(measured_rows(Path(obelix))) if obelix and not args.small else []
    save("barrier", [known(args.small), *measured], args)
