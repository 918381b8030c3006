"""An orbit data set from crystals, in parallel, with a reason for every crystal left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from ..crystal import Crystal
from ..errors import UserError
from ..properties import SHIPPED
from ..reading.cif_reader import Unreadable, first_line
from ..symmetry.orbits import NoOrbits, Orbits, crystal_of, orbits_of
from ..symmetry.space_group_search import LOOSE_SYMPREC, MEDIUM_SYMPREC, STRICT_SYMPREC
from .dataset import SPLITS, OrbitDataset
from .left_out import LeftOut

OTHER_NAMES = {"E_1D": "li_barrier_1d", "E_2D": "li_barrier_2d", "E_3D": "li_barrier"}  # as bvlain calls them
SYMPRECS = (MEDIUM_SYMPREC, 0.02, STRICT_SYMPREC, LOOSE_SYMPREC)  # the first that gives the same crystal back counts


@dataclass(frozen=True)
class Build:
    """A data set, and the crystals left out of it."""

    dataset: OrbitDataset
    left_out: tuple[LeftOut, ...]


def same_crystal(one: Crystal, other: Crystal) -> bool:
    """Whether two crystals are equal for pymatgen's StructureMatcher at its default tolerances."""
    from pymatgen.analysis.structure_matcher import StructureMatcher

    return bool(StructureMatcher().fit(one.structure, other.structure))


def to_orbits(crystal: Crystal, verify: bool = True) -> Orbits | LeftOut:
    """Orbits of a crystal in its primitive cell, or the reason why there are none.

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


Apply: TypeAlias = Callable[[Callable[[Crystal], Orbits | LeftOut], list[Crystal]], Iterable[Orbits | LeftOut]]


def build(entries: Iterable[Crystal | Unreadable], verify: bool = True, apply: Apply = map) -> Build:
    """An ``OrbitDataset`` of crystals.

    Properties and the split are taken from each crystal's ``info`` (electrolith's names, and ``split``). Entries that
    could not be read, or have no orbits, come back as ``left_out`` with their reason. ``apply`` converts all
    crystals: ``map``, or a map in several processes, such as ``parallel.ordered_pool.in_order``.
    """
    crystals, left_out = [], []
    for entry in entries:
        if isinstance(entry, Unreadable):
            left_out.append(LeftOut(entry.name, "", entry.reason))
        else:
            crystals.append(entry)
    results = list(apply(partial(to_orbits, verify=verify), crystals))
    kept = [c for c, r in zip(crystals, results, strict=True) if isinstance(r, Orbits)]
    properties = np.array([[_number(_value_of(c, name)) for name in SHIPPED.names] for c in kept])
    split = np.array([SPLITS.index(s) if (s := c.info.get("split", "none")) in SPLITS else 3 for c in kept])
    dataset = OrbitDataset.of(
        [r for r in results if isinstance(r, Orbits)],
        [c.name for c in kept],
        properties.reshape(len(kept), len(SHIPPED)),
        split.astype(np.int64),
    )
    return Build(dataset, (*left_out, *(r for r in results if isinstance(r, LeftOut))))


def _value_of(crystal: Crystal, name: str) -> object:
    return crystal.info.get(name, crystal.density if name == "density" else None)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float | np.number) else float("nan")


def with_columns(entries: Iterable[Crystal | Unreadable], path: Path) -> Iterator[Crystal | Unreadable]:
    """The entries with more properties, from a table (CSV or parquet) whose first column holds their names.

    Raises ``UserError`` when the table cannot be read.
    """
    try:
        table = pd.read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)
    except Exception as error:  # pandas and pyarrow have many
        raise UserError(f"{path} is not a readable table: {first_line(error)}") from error
    table = table.rename(columns=OTHER_NAMES)
    table = table.drop_duplicates(subset=table.columns[0], keep="last")
    known = {str(name): row for name, row in table.set_index(table.columns[0]).to_dict("index").items()}
    for entry in entries:
        if isinstance(entry, Crystal):
            yield entry.with_info(known.get(entry.name, {}))
        else:
            yield entry


def _read_csv(path: Path) -> pd.DataFrame:
    """A table with text in its first column: a crystal named NA or NaN is no gap."""
    return pd.read_csv(path, converters={0: str}, encoding_errors="replace")
