"""Distorted crystals: known ones with geometries of the geometry model's single tries, or strained and displaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..gen.data.dataset import SPLITS, reference_set
from ..gen.properties import SHIPPED
from ..gen.sampling.conditions import conditions_of
from ..gen.sampling.crystal_sampler import CrystalSampler
from ..gen.skeleton.skeleton import Skeleton
from ..gen.symmetry.orbits import Orbits

MAX_ATOMS = 24
AT_ONCE = 60  # skeletons that get a geometry together
STRAINS = (0.03, 0.08, 0.15)  # standard deviations of the logarithm of the volume
DISPLACEMENTS = (0.0, 0.02, 0.05)  # standard deviations of free coordinates, in parts of the cell
ENERGIES = ("energy_above_hull", "formation_energy_per_atom")


@dataclass(frozen=True)
class Distorted:
    """A distorted crystal: its name, the row of its origin in the reference set, its orbits."""

    id: str
    origin: int
    orbits: Orbits


def origins(n: int, rng: np.random.Generator) -> list[int]:
    """Rows of ``n`` training crystals with known energies, fewer if there are not so many."""
    data = reference_set()
    known = np.isfinite(data.properties[:, [SHIPPED.column(name) for name in ENERGIES]]).all(1)
    usable = np.flatnonzero((data.split == SPLITS.index("train")) & (data.n_atoms <= MAX_ATOMS) & known)
    return [int(row) for row in rng.permutation(usable)[:n]]


def distorted(rows: list[int], sampler: CrystalSampler, rng: np.random.Generator) -> Iterator[Distorted]:
    """Three distorted crystals of each origin, fewer where the model gives no finite numbers."""
    data = reference_set()
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        known = [data[row] for row in part]
        skeletons = [Skeleton(o.space_group, tuple(o.positions), tuple(o.elements), 0.0) for o in known]
        conditions, _ = conditions_of(sampler.properties, len(part), None)
        for kind, settled in (("try", False), ("settled", True)):
            found = sampler.geometries.single(skeletons, part, conditions, settled)
            yield from (
                Distorted(f"{row}|{kind}", row, one) for row, one in zip(part, found, strict=True) if one is not None
            )
        yield from (Distorted(f"{row}|strained", row, strained(o, rng)) for row, o in zip(part, known, strict=True))


def strained(orbits: Orbits, rng: np.random.Generator) -> Orbits:
    """The crystal with another volume and displaced atoms, in the same space group."""
    lattice = orbits.lattice.copy()
    lattice[0] += rng.choice(STRAINS) * rng.standard_normal() / np.sqrt(3)  # √3 times this is ln V
    moved = orbits.theta + rng.choice(DISPLACEMENTS) * rng.standard_normal(orbits.theta.shape)
    return replace(orbits, lattice=lattice, theta=np.where(orbits.theta != 0, moved % 1.0, 0.0))
