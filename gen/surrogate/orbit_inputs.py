"""Inputs of the orbit network: orbits without coordinates, or a composition alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..symmetry.wyckoff_tables import wyckoff_tables

UNKNOWN_POSITION = 1731  # one past the Wyckoff positions of the tables
UNKNOWN_GROUP = 0


@dataclass(frozen=True, eq=False)
class OrbitInputs:
    """B crystals of at most k orbits each.

    symbol       meaning                                                        shape
    space_group  number; ``UNKNOWN_GROUP`` where only the composition is known   (B,)
    n_atoms      atoms in the primitive cell; 0 where unknown                      (B,)
    position     Wyckoff positions (index in the tables) or ``UNKNOWN_POSITION``  (B, k)
    element      atomic numbers, 0 where a crystal has fewer orbits                (B, k)
    fraction     share of the atoms that each orbit holds, 0 where there is none   (B, k)
    """

    space_group: Tensor
    n_atoms: Tensor
    position: Tensor
    element: Tensor
    fraction: Tensor

    @classmethod
    def of_skeletons(
        cls, skeletons: Iterable[tuple[int, Sequence[int] | NDArray[np.int64], Sequence[int] | NDArray[np.int64]]]
    ) -> OrbitInputs:
        """Inputs of (space group, Wyckoff positions, elements) of each crystal."""
        sites = wyckoff_tables().op_count
        rows = [(g, np.asarray(p), np.asarray(z), sites[np.asarray(p)]) for g, p, z in skeletons]
        return cls._packed(rows, [int(counts.sum()) for *_, counts in rows])

    @classmethod
    def of_compositions(cls, compositions: Iterable[Mapping[int, float]]) -> OrbitInputs:
        """Inputs of compositions, the atoms of each crystal by atomic number, without a structure."""
        rows = []
        for counts in compositions:
            unknown = np.full(len(counts), UNKNOWN_POSITION)
            rows.append((UNKNOWN_GROUP, unknown, np.array(list(counts)), np.array(list(counts.values()))))
        return cls._packed(rows, [0] * len(rows))

    @classmethod
    def _packed(
        cls, rows: Sequence[tuple[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.floating]]], n_atoms: list[int]
    ) -> OrbitInputs:
        longest = max((len(p) for _, p, _, _ in rows), default=1)
        position = np.full((len(rows), longest), UNKNOWN_POSITION)
        element = np.zeros((len(rows), longest), dtype=np.int64)
        fraction = np.zeros((len(rows), longest), dtype=np.float32)
        for row, (_, p, z, counts) in enumerate(rows):
            position[row, : len(p)] = p
            element[row, : len(p)] = z
            fraction[row, : len(p)] = counts / counts.sum()
        groups, atoms = (np.array(x, dtype=np.int64) for x in ([g for g, *_ in rows], n_atoms))
        arrays = (groups, atoms, position, element, fraction)
        return cls(*(torch.from_numpy(x) for x in arrays))

    def without_structure(self, hidden: Tensor) -> OrbitInputs:
        """The inputs with the composition alone for the crystals marked in ``hidden`` (B,)."""
        return OrbitInputs(
            self.space_group.where(~hidden, UNKNOWN_GROUP),
            self.n_atoms.where(~hidden, 0),
            self.position.where(~hidden[:, None], UNKNOWN_POSITION),
            self.element,
            self.fraction,
        )
