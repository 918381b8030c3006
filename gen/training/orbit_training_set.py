"""Training set of the orbit surrogate: crystals by their orbits, and known formulas without a structure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..data.dataset import OrbitDataset
from ..data.known_compounds import HullEntries
from ..properties import SHIPPED
from ..surrogate.orbit_inputs import UNKNOWN_POSITION, OrbitInputs
from ..symmetry.wyckoff_tables import wyckoff_tables
from .augmentation import equivalent_setting
from .resumable_loader import Batch

Formula = tuple[tuple[int, int], ...]  # atomic numbers, in order, and their reduced counts
NO_FORMULAS = HullEntries(np.zeros(1, dtype=np.int64), *(np.zeros(0, dtype=np.int64),) * 2, np.zeros(0))


@dataclass(frozen=True, eq=False)
class OrbitTrainingSet:
    """Training set: crystals, numbered from 0, and formulas, numbered after them.

    symbol    meaning                                                        length
    crystals  space group, orbits and properties                             n
    formulas  compositions with the lowest known formation energy            m
    """

    crystals: OrbitDataset
    formulas: HullEntries = NO_FORMULAS

    def __len__(self) -> int:
        return len(self.crystals) + len(self.formulas)

    @property
    def orbits(self) -> NDArray[np.int64]:
        """Orbits of each crystal and elements of each formula, (n + m,)."""
        return np.concatenate([np.diff(self.crystals.start), np.diff(self.formulas.start)])

    def collate(self, chosen: list[int], rng: np.random.Generator | None) -> Batch:
        """Fields of ``OrbitInputs`` and normalised targets, crystals first.

        With ``rng`` each crystal is described in a random equivalent setting of its space group.
        """
        crystals = [i for i in chosen if i < len(self.crystals)]
        formulas = [i - len(self.crystals) for i in chosen if i >= len(self.crystals)]
        parts = [
            OrbitInputs.of_skeletons([self._skeleton(i, rng) for i in crystals]),
            OrbitInputs.of_compositions([dict(zip(*self._formula(k), strict=True)) for k in formulas]),
        ]
        properties = np.full((len(formulas), len(SHIPPED)), np.nan)
        properties[:, SHIPPED.column("formation_energy_per_atom")] = self.formulas.energy[formulas]
        values = np.concatenate([self.crystals.properties[np.array(crystals, dtype=np.int64)], properties])
        return (*_padded(parts), torch.from_numpy(SHIPPED.normalise(values)))

    def _skeleton(self, i: int, rng: np.random.Generator | None) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
        part = slice(self.crystals.start[i], self.crystals.start[i + 1])
        group = int(self.crystals.space_group[i])
        positions, elements = self.crystals.positions[part], self.crystals.elements[part]
        if rng is not None:
            positions, elements = equivalent_setting(rng, group, positions, elements)
        return group, positions, elements

    def _formula(self, k: int) -> tuple[list[int], list[float]]:
        part = slice(self.formulas.start[k], self.formulas.start[k + 1])
        return self.formulas.element[part].tolist(), self.formulas.count[part].astype(np.float64).tolist()


def new_formulas(entries: HullEntries, known: OrbitDataset) -> HullEntries:
    """The compounds whose formula no crystal of ``known`` has.

    With all splits in ``known``, formulas of the crystals in training are not repeated and the others stay unseen.
    """
    held = set(_formulas(known))
    parts = [slice(entries.start[k], entries.start[k + 1]) for k in range(len(entries))]
    new = [k for k, part in enumerate(parts) if _reduced(entries.element[part], entries.count[part]) not in held]
    counts = np.diff(entries.start)[new]
    flat = np.concatenate([np.arange(parts[k].start, parts[k].stop) for k in new]) if new else np.zeros(0, np.int64)
    start = np.concatenate([[0], np.cumsum(counts)])
    return HullEntries(start, entries.element[flat], entries.count[flat], entries.energy[new])


def _padded(parts: list[OrbitInputs]) -> list[Tensor]:
    """The fields of both, one after the other, padded to the longest."""
    width = max(part.position.shape[1] for part in parts)
    fills = {"position": UNKNOWN_POSITION, "element": 0, "fraction": 0.0}
    joined = [torch.cat([getattr(part, name) for part in parts]) for name in ("space_group", "n_atoms")]
    for name, fill in fills.items():
        columns = [getattr(part, name) for part in parts]
        joined.append(torch.cat([torch.nn.functional.pad(x, (0, width - x.shape[1]), value=fill) for x in columns]))
    return joined


def _formulas(data: OrbitDataset) -> list[Formula]:
    sites = wyckoff_tables().op_count[data.positions]
    out = []
    for i in range(len(data)):
        part = slice(data.start[i], data.start[i + 1])
        elements, index = np.unique(data.elements[part], return_inverse=True)
        out.append(_reduced(elements, np.bincount(index, weights=sites[part]).astype(np.int64)))
    return out


def _reduced(elements: NDArray[np.int64], counts: NDArray[np.int64]) -> Formula:
    order = np.argsort(elements)
    divisor = int(np.gcd.reduce(counts))
    return tuple((int(elements[k]), int(counts[k]) // divisor) for k in order)
