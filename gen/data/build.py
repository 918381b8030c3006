"""From crystals to an orbit data set, in parallel, with a reason for every crystal left out."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..crystal import Crystal
from ..properties import PROPERTY_NAMES
from ..symmetry.orbits import NoOrbits, Orbits, crystal_of, orbits_of
from .dataset import SPLITS, OrbitDataset

SYMPRECS = (0.05, 0.02, 0.01, 0.1)  # Å; the first that gives the same crystal back is taken


@dataclass(frozen=True)
class LeftOut:
    """A crystal that has no place in the data set, and why."""

    name: str
    formula: str
    reason: str


@dataclass(frozen=True)
class Build:
    """What a build gives: the data set and the crystals left out."""

    dataset: OrbitDataset
    left_out: tuple[LeftOut, ...]


def same_crystal(one: Crystal, other: Crystal) -> bool:
    """Whether pymatgen's StructureMatcher, at its default tolerances, takes two crystals for one."""
    from pymatgen.analysis.structure_matcher import StructureMatcher

    return bool(StructureMatcher().fit(one.structure, other.structure))


def to_orbits(crystal: Crystal, verify: bool = True) -> Orbits | LeftOut:
    """Orbits of a crystal, or the reason why there are none.

    With ``verify`` the orbits must give the same crystal back (StructureMatcher).
    """
    reason = "unknown"
    for symprec in SYMPRECS:
        try:
            orbits = orbits_of(crystal, symprec)
        except NoOrbits as error:
            reason = str(error)
            continue
        if not verify or same_crystal(crystal, crystal_of(orbits, primitive=True)):
            return orbits
        reason = f"orbits found at {symprec} Å do not give the crystal back"
    return LeftOut(crystal.name, crystal.formula if crystal.is_finite else "?", reason)


def build(
    crystals: Iterable[Crystal], split: Sequence[str] | None = None, verify: bool = True, workers: int = 1
) -> Build:
    """Turns crystals into an ``OrbitDataset``; properties are taken from each crystal's ``info``."""
    crystals = list(crystals)
    convert = partial(to_orbits, verify=verify)
    if workers > 1:
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            results = pool.map(convert, crystals, chunksize=64)
    else:
        results = [convert(c) for c in crystals]
    kept = [i for i, r in enumerate(results) if isinstance(r, Orbits)]
    properties = np.array([[_number(crystals[i].info.get(name)) for name in PROPERTY_NAMES] for i in kept])
    splits = np.array([SPLITS.index(split[i]) if split is not None else SPLITS.index("none") for i in kept])
    dataset = OrbitDataset.of(
        [r for r in results if isinstance(r, Orbits)],
        [crystals[i].name for i in kept],
        properties.reshape(len(kept), len(PROPERTY_NAMES)),
        splits,
    )
    return Build(dataset, tuple(r for r in results if isinstance(r, LeftOut)))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float | np.number) else float("nan")


def crystals_of_parquet(path: Path, barriers: Path | None = None) -> tuple[list[Crystal], list[str]]:
    """Crystals and their split from a table in the form of ``crystals.parquet``; see data/README of the project."""
    from pymatgen.core import Lattice

    table = pd.read_parquet(path)
    known = {} if barriers is None else pd.read_parquet(barriers).set_index("material_id").to_dict("index")
    crystals = []
    for row in table.itertuples():
        lattice = Lattice.from_parameters(*row.lattice_parameters).matrix
        info = {name: getattr(row, name) for name in PROPERTY_NAMES if hasattr(row, name)}
        li = known.get(row.material_id, {})
        names = (("li_barrier", "E_3D"), ("li_barrier_2d", "E_2D"), ("li_barrier_1d", "E_1D"))
        info |= {name: li[column] for name, column in names if column in li}
        crystal = Crystal.of(lattice, row.frac_coords, row.atomic_numbers, row.material_id, info)
        info["density"] = crystal.density
        crystals.append(Crystal.of(lattice, row.frac_coords, row.atomic_numbers, row.material_id, info))
    return crystals, table.split.tolist()


def write_reasons(left_out: Sequence[LeftOut], path: Path) -> NDArray[np.str_]:
    """Writes the crystals left out as a table; returns their names."""
    pd.DataFrame([vars(x) for x in left_out], columns=["name", "formula", "reason"]).to_csv(path, index=False)
    return np.array([x.name for x in left_out])
