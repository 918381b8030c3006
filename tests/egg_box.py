"""Li2O in an egg-box potential, and random walks with known diffusivity."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from ase.calculators.calculator import Calculator, all_changes

from electrolith.gen.crystal import Crystal
from electrolith.validators.transport.molecular_dynamics import Trajectory
from electrolith.validators.transport.supercells import repeated

EDGE = 4.62  # Å, of the cube of Li2O: its Li make a simple cubic lattice of half the edge, its O lie on another
LITHIUM = 3


class Egg(Calculator):
    """A periodic external potential for Li2O: the atoms do not interact with each other.

    Energy of an atom: height / 2 times the sum over x, y, z of 1 - cos(4π x / a), with x from a site of the element.
    For lithium there may be more ``ripples`` in each box; a negative height makes its sites saddle points.
    """

    implemented_properties = ("energy", "forces", "stress")

    def __init__(self, lithium: float, others: float, ripples: int = 1) -> None:
        super().__init__()
        self.heights = (lithium, others)
        self.ripples = ripples

    def calculate(self, atoms: Any = None, properties: Any = None, system_changes: Any = all_changes) -> None:
        super().calculate(atoms, properties, system_changes)
        lithium = (atoms.numbers == LITHIUM)[:, None]
        wave = 4 * np.pi / EDGE * np.where(lithium, self.ripples, 1)
        phase = wave * (atoms.positions - np.where(lithium, EDGE / 4, 0.0))
        half = np.where(lithium, *self.heights) / 2
        self.results = {
            "energy": float((half * (1 - np.cos(phase))).sum()),
            "forces": -half * wave * np.sin(phase),
            "stress": np.zeros(6),
        }


POTENTIALS: Mapping[str, Callable[[], Calculator]] = {
    "conductor": lambda: Egg(0.15, 5.0),  # eV
    "insulator": lambda: Egg(5.0, 5.0),
    "saddle": lambda: Egg(-0.15, 5.0, 3),
    "gas": lambda: Egg(0.0, 5.0),
    "melt": lambda: Egg(0.0, 0.0),
    "broken": lambda: Egg(0.0, math.nan),
}


def cell_of(times: int) -> Crystal:
    """Li2O in a supercell, ``times`` cubes along each edge."""
    fluorite = [[x, y, z] for x in (0.25, 0.75) for y in (0.25, 0.75) for z in (0.25, 0.75)]
    faces = [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]
    return repeated(Crystal.of(EDGE * np.eye(3), fluorite + faces, [3] * 8 + [8] * 4, "Li2O"), (times,) * 3)


def walked(hops: float, seed: int, samples: int = 500, shake: float = 0.2, oxygen: float = 0.0) -> Trajectory:
    """Li that make on average ``hops`` random hops each on their cubic lattice; all atoms vibrate and drift."""
    rng = np.random.default_rng(seed)
    crystal = cell_of(2)
    lithium = crystal.atomic_numbers == LITHIUM
    steps = np.zeros((len(crystal), samples, 3))
    jumps = rng.random((len(crystal), samples)) < np.where(lithium, hops, oxygen)[:, None] / samples
    ways = np.eye(3)[rng.integers(0, 3, jumps.shape)] * rng.choice([-1, 1], jumps.shape)[..., None]
    steps[jumps] = ways[jumps] * EDGE / 2
    places = steps.cumsum(1) + shake * rng.normal(size=steps.shape) + np.linspace(0, 3, samples)[:, None]
    return Trajectory(crystal, places - places[:, :1], 20.0, 1000.0)


def true_diffusivity(hops: float, samples: int = 500) -> float:
    """Diffusivity of these hops, a² / 6 each, cm²/s."""
    return hops * (EDGE / 2) ** 2 / 6 / (samples * 0.02) * 1e-4
