"""Molecular dynamics of a crystal at constant volume and temperature, with a machine-learned potential.

Langevin's equation in a supercell (integrated by ASE after Vanden-Eijnden and Ciccotti, Chem. Phys. Lett. 429, 310,
2006). Velocities start at twice the temperature, since half of their energy goes into the vibrations of the lattice,
and the first picosecond is discarded. The friction, 1/ps, is far weaker than that of the lattice itself: alone it would
allow Li⁺ a diffusivity of 1e-2 cm²/s at 1000 K, so it slows the fastest solids by 1 %.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...gen.crystal import Crystal
from ...gen.errors import ElectrolithError, UserError, unexpected
from ..relaxation.potentials import atoms_of, strange_elements

FRICTION = 1.0  # 1/ps
SETTLING = 1.0  # ps before anything is measured
SAMPLED = 20.0  # fs between two stored positions
HOTTEST = 5.0  # times the temperature, at which the run stops as failed
LIGHT_STEP = 1.0  # fs, longest time step for hydrogen


class NoDynamics(ElectrolithError):
    """The run failed; the message says why."""


@dataclass(frozen=True)
class Trajectory:
    """Displacements of the atoms of a supercell over time.

    symbol         meaning                                                          shape, unit
    crystal        the supercell before the run
    displacements  of each atom from its first stored position, unwrapped           (n, samples, 3), Å
    interval       between two samples                                              fs
    temperature    mean kinetic temperature                                         K
    """

    crystal: Crystal
    displacements: NDArray[np.float64]
    interval: float
    temperature: float

    @property
    def picoseconds(self) -> float:
        """Length of the trajectory, ps."""
        return (self.displacements.shape[1] - 1) * self.interval / 1000


def run(
    crystal: Crystal, potential: str, temperature: float, picoseconds: float, time_step: float, seed: int
) -> Trajectory:
    """The trajectory of a supercell; the same seed gives the same trajectory. Raises ``NoDynamics``.

    argument     meaning                                                          unit
    potential    by name, see ``potentials``
    temperature  of the heat bath                                                 K
    picoseconds  length of the trajectory, after the first, discarded picosecond  ps
    time_step    of the integrator; at most 1 fs is used with hydrogen            fs
    seed         of velocities and heat bath
    """
    if (crystal.atomic_numbers == 1).any():
        time_step = min(time_step, LIGHT_STEP)
    if strange := strange_elements(crystal, potential):
        raise NoDynamics(strange)
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
    positions, temperatures = [], []
    for _ in dynamics.irun(samples * every):
        if dynamics.nsteps % every == 0 and dynamics.nsteps >= settling * every:
            positions.append(atoms.get_positions())
            temperatures.append(float(atoms.get_temperature()))
        if dynamics.nsteps % every == 0:
            _require_stable(atoms, temperature, dynamics.nsteps * time_step)
    displacements: Any = np.array(positions) - positions[0]
    return Trajectory(crystal, displacements.transpose(1, 0, 2), every * time_step, float(np.mean(temperatures)))


def _require_stable(atoms: Any, temperature: float, femtoseconds: float) -> None:
    now = float(atoms.get_temperature())
    if not np.isfinite(atoms.get_positions()).all() or not now < HOTTEST * temperature:
        raise NoDynamics(f"the run became unstable after {femtoseconds / 1000:.1f} ps, at {now:.0f} K")
