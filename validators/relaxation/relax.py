"""Relaxation of cell and positions to the nearest minimum of a potential.

BFGS on ASE's Fréchet cell filter. The scale of the cell and the first guess of the curvature make cell and atoms about
equally stiff, which needs a third of the steps of ASE's defaults (benchmarks/relaxation_speed.py). With ``symmetric``,
forces and stress are averaged over the operations that spglib finds, so that the space group is kept.
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
from .potential_energy import unphysical
from .potentials import CHGNET, atoms_of, calculator, strange_elements

FORCE_LIMIT = 0.05  # eV/Å: largest force (and stress, as eV per atom and unit strain) on a relaxed crystal
MAX_STEPS = 500
MAX_SWELLING = 3.0  # ratio of volumes at which a relaxation stops as failed
STIFFNESS = 20.0  # eV/Å², first guess of the curvature of atoms and, by the root of their number, of the cell


@dataclass(frozen=True)
class Relaxed:
    """A crystal after relaxation of cell and positions.

    symbol     meaning                                     unit
    crystal    the relaxed crystal; None after a failure
    energy     on the potential's own scale                eV/atom
    steps      steps of the optimiser
    converged  whether the forces fell below the limit
    failure    why there is no relaxed crystal
    unknown    whether the potential failed, not the crystal: e.g. it does not know an element
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
    """The crystal after relaxation of cell and positions. Never raises for a bad crystal.

    argument     meaning
    max_steps    largest number of steps of the optimiser
    force_limit  eV/Å; it also applies to the stress, as V σ / n in eV per atom
    potential    by name, see ``potentials``
    symmetric    keep the space group

    Raises ``UserError`` if the potential is not installed.
    """
    if strange := strange_elements(crystal, potential):
        return Relaxed(None, math.nan, 0, False, strange, unknown=True)
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
        forces[size:] /= size**0.5  # ASE divides by its usual factor, n
        if forces.max() < force_limit:
            converged = True
            break
    return _outcome(crystal, atoms, optimizer.nsteps, converged)


def _outcome(crystal: Crystal, atoms: Any, steps: int, converged: bool) -> Relaxed:
    energy = float(atoms.get_potential_energy()) / len(crystal)
    coords = atoms.get_scaled_positions(wrap=False)
    relaxed = crystal.in_cell(atoms.cell.array, coords, crystal.atomic_numbers)
    if not relaxed.is_finite or not math.isfinite(energy):
        return Relaxed(None, math.nan, steps, False, "the relaxation ended in numbers that are not finite")
    flaw = unphysical(relaxed)
    if flaw:
        return Relaxed(None, math.nan, steps, False, f"atoms fell onto each other: {flaw}")
    return Relaxed(relaxed, energy, steps, converged)
