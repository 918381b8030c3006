"""A data set of crystals as space groups and orbits, in flat arrays: for training, and as the reference set."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..properties import SHIPPED
from ..symmetry.orbits import Orbits
from ..symmetry.wyckoff_tables import wyckoff_tables

SPLITS = ("train", "val", "test", "none")
REFERENCE = Path(__file__).with_name("reference.npz")
LARGEST = 1e9  # bytes of the unpacked arrays
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
    properties   in their units                                       (n, p), NaN where unknown
    split        index into ``SPLITS``                                (n,)
    predicted    whether a property is a surrogate's prediction       (n, p)
    names        of the properties                                    (p,) text
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
    names: tuple[str, ...] = SHIPPED.names

    @classmethod
    def of(
        cls,
        orbits: Sequence[Orbits],
        ids: Sequence[str],
        properties: NDArray[np.float64] | None = None,
        split: NDArray[np.int64] | None = None,
    ) -> OrbitDataset:
        """A data set of single records; ``properties`` (n, p) are the shipped ones."""
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
            properties=np.full((n, len(SHIPPED)), np.nan) if properties is None else properties,
            split=np.full(n, SPLITS.index("none")) if split is None else split,
            predicted=np.zeros((n, len(SHIPPED)), dtype=bool),
        )

    @classmethod
    def joined(cls, parts: Sequence[OrbitDataset]) -> OrbitDataset:
        """Several data sets with the same properties as one; at least one."""
        if any(part.names != parts[0].names for part in parts):
            raise ValueError("data sets with different properties cannot be joined")
        keys = [f.name for f in fields(cls) if f.name not in ("start", "names")]
        arrays = {key: np.concatenate([getattr(part, key) for part in parts]) for key in keys}
        counts = np.concatenate([np.diff(part.start) for part in parts])
        return cls(start=np.concatenate([[0], np.cumsum(counts)]), names=parts[0].names, **arrays)

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

    @property
    def heaviest(self) -> NDArray[np.int64]:
        """Highest atomic number in each crystal, (n,)."""
        heaviest = np.zeros(len(self), dtype=np.int64)
        np.maximum.at(heaviest, self.owner, self.elements)
        return heaviest

    def property(self, name: str) -> NDArray[np.float64]:
        """Values of one property, (n,); raises ``ValueError`` if the data set has no column of this name."""
        return self.properties[:, self.names.index(name)]

    def with_columns(self, names: Sequence[str]) -> OrbitDataset:
        """The same crystals with the properties ``names`` in this order, NaN for those that the data set lacks."""
        shape = len(self), len(names)
        properties, predicted = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
        for k, name in enumerate(names):
            if name in self.names:
                column = self.names.index(name)
                properties[:, k], predicted[:, k] = self.properties[:, column], self.predicted[:, column]
        return replace(self, properties=properties, predicted=predicted, names=tuple(names))

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> OrbitDataset:
        """The crystals at these indices, in this order, or of this mask."""
        index = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        counts = np.diff(self.start)[index]
        start = np.concatenate([[0], np.cumsum(counts)])
        flat = np.arange(start[-1]) - np.repeat(start[:-1], counts) + np.repeat(self.start[index], counts)
        return OrbitDataset(
            self.ids[index], self.space_group[index], start, self.positions[flat], self.elements[flat],
            self.theta[flat], self.lattice[index], self.properties[index], self.split[index], self.predicted[index],
            self.names,
        )  # fmt: skip

    def save(self, path: Path | BinaryIO) -> None:
        """Writes a compact ``.npz``, without the coordinates that symmetry fixes, to a path or an open file.

        A path gets the suffix ``.npz`` if it has another.
        """
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
            property_names=np.array(self.names),
            split=self.split.astype(np.uint8),
            predicted=self.predicted,
        )

    @classmethod
    def load(cls, path: Path) -> OrbitDataset:
        """Reads a file that ``save`` wrote: the shipped properties, then the others of the file.

        Raises ``ValueError`` when the file is damaged or of another kind.
        """
        try:
            return cls._of_arrays(_arrays(path))
        except Exception as error:  # a damaged archive, and arrays of another kind, fail in any way
            reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
            raise ValueError(f"{path} is not a readable set of orbits: {reason}") from error

    @classmethod
    def _of_arrays(cls, raw: Mapping[str, Any]) -> OrbitDataset:
        """The data set of the arrays of a file."""
        positions = raw["positions"].astype(np.int64)
        theta = np.zeros((len(positions), 3))
        theta[np.abs(wyckoff_tables().linear[positions]).sum(1) > 0] = raw["theta"] / _THETA_STEPS
        names = tuple(map(str, raw["property_names"]))
        properties = raw["properties"].astype(np.float64)
        found = cls(
            ids=np.array(str(raw["ids"]).split("\n")),
            space_group=raw["space_group"].astype(np.int64),
            start=np.concatenate([[0], np.cumsum(raw["orbits"].astype(np.int64))]),
            positions=positions,
            elements=raw["elements"].astype(np.int64),
            theta=theta,
            lattice=raw["lattice"].astype(np.float64),
            properties=properties,
            split=raw["split"].astype(np.int64),
            predicted=raw["predicted"].astype(bool) if "predicted" in raw else np.zeros(properties.shape, dtype=bool),
            names=names,
        )
        if not len(found.ids) == len(found.split) == len(found.lattice) == len(found.start) - 1 == len(found):
            raise ValueError("its arrays have different lengths")
        if found.start[-1] != len(positions) or len(found.elements) != len(positions):
            raise ValueError("its orbits have different lengths")
        return found.with_columns(tuple(dict.fromkeys((*SHIPPED.names, *names))))


def _arrays(path: Path) -> dict[str, Any]:
    """The arrays of a file, unless they are too large to be a data set."""
    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > LARGEST:
            raise ValueError(f"it unpacks to more than {LARGEST / 1e9:g} GB")
    with np.load(path, allow_pickle=False) as data:
        return dict(data)


@cache
def reference_set() -> OrbitDataset:
    """The crystals that ship with the package (Materials Project and WBM, CC-BY-4.0)."""
    return OrbitDataset.load(REFERENCE)
