"""Molecular dynamics of a crystal at constant volume and temperature, with a machine-learned potential.

Langevin's equation (integrated by ASE after Vanden-Eijnden and Ciccotti, Chem. Phys. Lett. 429, 310, 2006) in a
supercell, relaxed without symmetry. Velocities start at twice the temperature, half of which goes into the springs of
the lattice, and the first picosecond is thrown away. The friction, 1/ps, is far weaker than that of the lattice itself:
alone it would let Li⁺ diffuse at 1e-2 cm²/s at 1000 K, so that it slows the fastest of solids by 1 %.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...gen.crystal import Crystal
from ...gen.errors import ElectrolithError, UserError, unexpected
from ...gen.symmetry.space_group_search import STRICT_SYMPREC, standard_cell
from ..relaxation.potentials import atoms_of

FRICTION = 1.0  # 1/ps
SETTLING = 1.0  # ps before anything is measured
SAMPLED = 20.0  # fs between two positions that are kept
HOTTEST = 5.0  # times the temperature, where the potential has lost the crystal
LIGHT_STEP = 1.0  # fs, the longest for hydrogen
LONGEST = 8  # cells in a row
SHAKE = 0.05  # Å, in each direction


class NoDynamics(ElectrolithError):
    """The potential does not carry the crystal through the run; the message says why."""


@dataclass(frozen=True)
class Trajectory:
    """Where the atoms of a supercell went.

    symbol         meaning                                                          shape, unit
    crystal        the supercell before the run
    displacements  of each atom from its first kept place, not folded back          (n, samples, 3), Å
    interval       between two samples                                              fs
    temperature    the mean of the kinetic one                                      K
    """

    crystal: Crystal
    displacements: NDArray[np.float64]
    interval: float
    temperature: float

    @property
    def picoseconds(self) -> float:
        """How long it is."""
        return (self.displacements.shape[1] - 1) * self.interval / 1000


def width(lattice: NDArray[np.float64]) -> float:
    """The distance of an atom to its nearest periodic image, Å."""
    steps = np.array([s for s in product(range(-3, 4), repeat=3) if any(s)])
    return float(np.sqrt(((steps @ lattice) ** 2).sum(1)).min())


def supercell(crystal: Crystal, at_least: float, max_atoms: int) -> Crystal | None:
    """The smallest multiple of the primitive or the conventional cell that is wide enough.

    argument   meaning
    at_least   the width to reach, Å; where no multiple within ``max_atoms`` does, it is the widest of them
    max_atoms  in the supercell; None is returned where not even the primitive cell has so few
    """
    made = _multiples(crystal, max_atoms)
    if not made:
        return None
    wide = [cell for cell in made if width(cell.lattice) >= at_least]
    if wide:
        return min(wide, key=lambda cell: (len(cell), -width(cell.lattice)))
    return max(made, key=lambda cell: (round(width(cell.lattice), 3), -len(cell)))


def _multiples(crystal: Crystal, max_atoms: int) -> list[Crystal]:
    made = []
    for cell in (crystal, _conventional(crystal)):
        most = max_atoms // len(cell)
        numbers = range(1, min(most, LONGEST) + 1)
        made += [repeated(cell, (i, j, k)) for i, j, k in product(numbers, repeat=3) if i * j * k <= most]
    return made


def repeated(crystal: Crystal, times: tuple[int, int, int]) -> Crystal:
    """The crystal in a cell so many times as long along a, b, c; images of an atom stand together."""
    shifts = np.array(list(product(*(range(k) for k in times))))
    coords = (crystal.frac_coords[:, None] + shifts[None]) / times
    numbers = np.repeat(crystal.atomic_numbers, len(shifts))
    return Crystal.of(crystal.lattice * np.array(times)[:, None], coords.reshape(-1, 3), numbers, crystal.name)


def shaken(crystal: Crystal, seed: int) -> Crystal:
    """The crystal without its symmetry: each atom moved by about ``SHAKE``.

    Symmetry can hold Li⁺ on a saddle, half way between two sites, and blow up the cell that is relaxed with it: that of
    Li6PS5Cl by a half.
    """
    moved = np.random.default_rng(seed).normal(scale=SHAKE, size=crystal.frac_coords.shape)
    coords = crystal.frac_coords + moved @ np.linalg.inv(crystal.lattice)
    return Crystal.of(crystal.lattice, coords, crystal.atomic_numbers, crystal.name)


def _conventional(crystal: Crystal) -> Crystal:
    wrapped = replace(crystal, frac_coords=crystal.frac_coords % 1.0)
    return standard_cell(wrapped, STRICT_SYMPREC, primitive=False) or crystal


def run(
    crystal: Crystal, potential: str, temperature: float, picoseconds: float, time_step: float, seed: int
) -> Trajectory:
    """The trajectory of a (super)cell, the same for the same seed. Raises ``NoDynamics``.

    argument     meaning                                                          unit
    potential    by name, see ``potential``
    temperature  of the heat bath                                                 K
    picoseconds  measured, after the crystal has settled                          ps
    time_step    of the integrator; at most 1 fs is taken where there is hydrogen  fs
    seed         of velocities and heat bath
    """
    if (crystal.atomic_numbers == 1).any():
        time_step = min(time_step, LIGHT_STEP)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _run(crystal, potential, temperature, picoseconds, time_step, seed)
    except (UserError, NoDynamics):
        raise
    except Exception as error:
        raise NoDynamics(f"{potential} has no answer: {unexpected(error, potential)}") from error


def _run(
    crystal: Crystal, potential: str, temperature: float, picoseconds: float, time_step: float, seed: int
) -> Trajectory:
    from ase.md.langevin import Langevin
    from ase.md.velocitydistribution import MaxwellBoltzmannDistribution
    from ase.units import fs

    rng = np.random.default_rng(seed)
    atoms = atoms_of(crystal, potential)
    MaxwellBoltzmannDistribution(atoms, temperature_K=2 * temperature, rng=rng)
    dynamics = Langevin(
        atoms, time_step * fs, temperature_K=temperature, friction=FRICTION / (1000 * fs), fixcm=False, rng=rng
    )
    every = max(1, round(SAMPLED / time_step))
    settling = round(1000 * SETTLING / time_step / every)
    samples = settling + round(1000 * picoseconds / time_step / every)
    places, heat = [], []
    for _ in dynamics.irun(samples * every):
        if dynamics.nsteps % every == 0 and dynamics.nsteps >= settling * every:
            places.append(atoms.get_positions())
            heat.append(float(atoms.get_temperature()))
        if dynamics.nsteps % every == 0:
            _require_sane(atoms, temperature, dynamics.nsteps * time_step)
    moved: Any = np.array(places) - places[0]
    return Trajectory(crystal, moved.transpose(1, 0, 2), every * time_step, float(np.mean(heat)))


def _require_sane(atoms: Any, temperature: float, femtoseconds: float) -> None:
    now = float(atoms.get_temperature())
    if not np.isfinite(atoms.get_positions()).all() or not now < HOTTEST * temperature:
        raise NoDynamics(f"the potential lost the crystal after {femtoseconds / 1000:.1f} ps, at {now:.0f} K")
