"""To the nearest minimum of a potential: cell and positions relaxed together.

BFGS on ASE's Fréchet cell filter, with a scale of the cell and a first guess of the curvature by which cell and atoms
are about equally stiff: a third of the steps that ASE's own choice takes (benchmarks/relaxation_speed.py). With
``symmetric``, forces and stress are averaged over the operations that spglib finds, so that the space group stays.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...gen.crystal import Crystal
from ...gen.errors import UserError, unexpected
from ...gen.symmetry.space_group_search import STRICT_SYMPREC, quiet_spglib
from .potentials import CHGNET, atoms_of, calculator, unphysical

FORCE_LIMIT = 0.05  # eV/Å: largest force (and stress, as eV per atom and unit strain) on a relaxed crystal
MAX_STEPS = 500
MAX_SWELLING = 3.0  # ratio of volumes at which a relaxation is given up
STIFFNESS = 20.0  # eV/Å², first guess of the curvature of atoms and, by the root of their number, of the cell


@dataclass(frozen=True)
class Relaxed:
    """A crystal after relaxation of cell and positions.

    symbol     meaning                                     unit
    crystal    the relaxed crystal; None where it failed
    energy     the potential's, on its own scale           eV/atom
    steps      of the optimiser
    converged  whether the forces fell below the limit
    failure    why there is no relaxed crystal
    unknown    whether that is the potential's fault: it does not know an element, say
    """

    crystal: Crystal | None
    energy: float
    steps: int
    converged: bool
    failure: str = ""
    unknown: bool = False


def relax(
    crystal: Crystal,
    max_steps: int = MAX_STEPS,
    force_limit: float = FORCE_LIMIT,
    potential: str = CHGNET,
    symmetric: bool = False,
) -> Relaxed:
    """Relaxes cell and positions; never raises for a bad crystal, but ``UserError`` for a potential that is not there.

    argument     meaning
    max_steps    steps of the optimiser after which it is given up
    force_limit  eV/Å; also of the stress, as V σ / n in eV per atom
    potential    by name, see ``potential``
    symmetric    keep the space group
    """
    calculator(potential)
    flaw = unphysical(crystal)
    if flaw:
        return Relaxed(None, math.nan, 0, False, flaw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _relax(crystal, max_steps, force_limit, potential, symmetric)
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001  one bad crystal must not end an evaluation
        return Relaxed(None, math.nan, 0, False, f"{potential} has no answer: {unexpected(error, potential)}", True)


def fix_symmetry(atoms: Any) -> None:
    """Constrains ASE atoms, in place, to the symmetry operations that they have."""
    from ase.constraints import FixSymmetry

    with quiet_spglib():
        atoms.set_constraint(FixSymmetry(atoms, symprec=STRICT_SYMPREC))


def _relax(crystal: Crystal, max_steps: int, force_limit: float, potential: str, symmetric: bool) -> Relaxed:
    from ase.filters import FrechetCellFilter
    from ase.optimize import BFGS

    atoms = atoms_of(crystal, potential)
    if symmetric:
        fix_symmetry(atoms)
    size = len(atoms)
    cell = FrechetCellFilter(atoms, exp_cell_factor=size**0.5)
    optimizer = BFGS(cell, alpha=STIFFNESS, logfile=None)
    converged = False
    for _ in optimizer.irun(fmax=0.0, steps=max_steps):
        swelling = atoms.get_volume() / crystal.volume
        if not 1 / MAX_SWELLING < swelling < MAX_SWELLING:
            return Relaxed(None, math.nan, optimizer.nsteps, False, f"the volume changed by a factor of {swelling:.2g}")
        forces = np.sqrt((cell.get_forces() ** 2).sum(1))
        forces[size:] /= size**0.5  # as ASE has it with its usual factor, n
        if forces.max() < force_limit:
            converged = True
            break
    return _outcome(crystal, atoms, optimizer.nsteps, converged)


def _outcome(crystal: Crystal, atoms: Any, steps: int, converged: bool) -> Relaxed:
    energy = float(atoms.get_potential_energy()) / len(crystal)
    coords = atoms.get_scaled_positions(wrap=False)
    relaxed = crystal.in_cell(atoms.cell.array, coords, crystal.atomic_numbers)
    if not relaxed.is_finite or not math.isfinite(energy):
        return Relaxed(None, math.nan, steps, False, "the relaxation left the finite numbers")
    flaw = unphysical(relaxed)
    if flaw:
        return Relaxed(None, math.nan, steps, False, f"atoms fell onto each other: {flaw}")
    return Relaxed(relaxed, energy, steps, converged)
