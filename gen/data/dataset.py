"""Many crystals in the orbit form, as flat arrays: what training reads and what ships as the reference set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..properties import PROPERTIES, PROPERTY_NAMES
from ..symmetry.orbits import Orbits
from ..symmetry.wyckoff_tables import wyckoff_tables

SPLITS = ("train", "val", "test", "none")
REFERENCE = Path(__file__).with_name("reference.npz")
_THETA_STEPS = 65536  # free coordinates are stored in 16 bits: 0.0003 Å in a 20 Å cell


@dataclass(frozen=True, eq=False)
class OrbitDataset:
    """n crystals with k orbits in all.

    symbol       meaning                                              shape
    ids          name of each crystal                                 (n,) text
    space_group  number                                               (n,)
    start        first orbit of each crystal                          (n + 1,)
    positions    Wyckoff position (index in the tables)               (k,)
    elements     atomic number                                        (k,)
    theta        free coordinates                                     (k, 3)
    lattice      log-metric coordinates                               (n, 6)
    properties   columns of ``electrolith.gen.properties.PROPERTIES``  (n, p), NaN where unknown
    split        index into ``SPLITS``                                (n,)
    predicted    whether a property is a surrogate's prediction       (n, p)
    """

    ids: NDArray[np.str_]
    space_group: NDArray[np.int64]
    start: NDArray[np.int64]
    positions: NDArray[np.int64]
    elements: NDArray[np.int64]
    theta: NDArray[np.float64]
    lattice: NDArray[np.float64]
    properties: NDArray[np.float64]
    split: NDArray[np.int64]
    predicted: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        orbits: Sequence[Orbits],
        ids: Sequence[str],
        properties: NDArray[np.float64] | None = None,
        split: NDArray[np.int64] | None = None,
    ) -> OrbitDataset:
        """From single records."""
        n = len(orbits)
        counts = [len(o.positions) for o in orbits]
        empty = np.zeros(0, dtype=np.int64)
        return cls(
            ids=np.array(ids, dtype=np.str_),
            space_group=np.array([o.space_group for o in orbits], dtype=np.int64),
            start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            positions=np.concatenate([empty, *(o.positions for o in orbits)]),
            elements=np.concatenate([empty, *(o.elements for o in orbits)]),
            theta=np.concatenate([np.zeros((0, 3)), *(o.theta for o in orbits)]),
            lattice=np.stack([o.lattice for o in orbits]) if n else np.zeros((0, 6)),
            properties=np.full((n, len(PROPERTIES)), np.nan) if properties is None else properties,
            split=np.full(n, SPLITS.index("none")) if split is None else split,
            predicted=np.zeros((n, len(PROPERTIES)), dtype=bool),
        )

    @classmethod
    def joined(cls, parts: Sequence[OrbitDataset]) -> OrbitDataset:
        """Several data sets as one; one at least."""
        names = [f.name for f in fields(cls) if f.name != "start"]
        arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        counts = np.concatenate([np.diff(part.start) for part in parts])
        return cls(start=np.concatenate([[0], np.cumsum(counts)]), **arrays)

    def __len__(self) -> int:
        return len(self.space_group)

    def __getitem__(self, index: int) -> Orbits:
        part = slice(self.start[index], self.start[index + 1])
        return Orbits(
            int(self.space_group[index]), self.positions[part], self.elements[part], self.theta[part],
            self.lattice[index],
        )  # fmt: skip

    def __iter__(self) -> Iterator[Orbits]:
        return (self[i] for i in range(len(self)))

    @property
    def owner(self) -> NDArray[np.int64]:
        """The crystal of each orbit, (k,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    @property
    def n_atoms(self) -> NDArray[np.int64]:
        """Atoms in each primitive cell, (n,)."""
        sites = wyckoff_tables().op_count[self.positions]
        return np.bincount(self.owner, weights=sites, minlength=len(self)).astype(np.int64)

    def property(self, name: str) -> NDArray[np.float64]:
        """One column of the properties, (n,)."""
        column = PROPERTY_NAMES.index(name)
        known = column < self.properties.shape[1]  # else it was learnt after this was read
        return self.properties[:, column] if known else np.full(len(self), np.nan)

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> OrbitDataset:
        """The crystals of the given indices or mask, in that order."""
        index = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        counts = np.diff(self.start)[index]
        start = np.concatenate([[0], np.cumsum(counts)])
        flat = np.arange(start[-1]) - np.repeat(start[:-1], counts) + np.repeat(self.start[index], counts)
        return OrbitDataset(
            self.ids[index], self.space_group[index], start, self.positions[flat], self.elements[flat],
            self.theta[flat], self.lattice[index], self.properties[index], self.split[index], self.predicted[index],
        )  # fmt: skip

    def save(self, path: Path) -> None:
        """Writes a compact ``.npz``; fixed coordinates are left out."""
        free = np.abs(wyckoff_tables().linear[self.positions]).sum(1) > 0
        packed = np.round(self.theta[free] * _THETA_STEPS).astype(np.int64) % _THETA_STEPS
        np.savez_compressed(
            path,
            ids="\n".join(self.ids.tolist()),
            space_group=self.space_group.astype(np.uint8),
            orbits=np.diff(self.start).astype(np.uint16),
            positions=self.positions.astype(np.uint16),
            elements=self.elements.astype(np.uint8),
            theta=packed.astype(np.uint16),
            lattice=self.lattice.astype(np.float32),
            properties=self.properties.astype(np.float32),
            property_names=np.array(PROPERTY_NAMES[: self.properties.shape[1]]),
            split=self.split.astype(np.uint8),
            predicted=self.predicted,
        )

    @classmethod
    def load(cls, path: Path) -> OrbitDataset:
        """Reads what ``save`` wrote. Raises ``ValueError`` when the file is damaged or of another kind."""
        try:
            with np.load(path) as data:
                raw = dict(data)
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(f"{path} is not a readable set of orbits: {error}") from error
        positions = raw["positions"].astype(np.int64)
        theta = np.zeros((len(positions), 3))
        theta[np.abs(wyckoff_tables().linear[positions]).sum(1) > 0] = raw["theta"] / _THETA_STEPS
        names = raw["property_names"].tolist()
        stored = raw["properties"].astype(np.float64)
        properties, predicted = (
            np.full((len(stored), len(PROPERTIES)), np.nan),
            np.zeros((len(stored), len(PROPERTIES))),
        )
        for k, p in enumerate(PROPERTIES):
            if p.name in names:
                properties[:, k] = stored[:, names.index(p.name)]
                if "predicted" in raw:
                    predicted[:, k] = raw["predicted"][:, names.index(p.name)]
        return cls(
            ids=np.array(str(raw["ids"]).split("\n")),
            space_group=raw["space_group"].astype(np.int64),
            start=np.concatenate([[0], np.cumsum(raw["orbits"].astype(np.int64))]),
            positions=positions,
            elements=raw["elements"].astype(np.int64),
            theta=theta,
            lattice=raw["lattice"].astype(np.float64),
            properties=properties,
            split=raw["split"].astype(np.int64),
            predicted=predicted.astype(bool),
        )


@cache
def reference_set() -> OrbitDataset:
    """The crystals that ship with the package (Materials Project and WBM, CC-BY-4.0)."""
    return OrbitDataset.load(REFERENCE)
