"""Relaxation with CHGNet (Deng et al., Nat. Mach. Intell. 5, 1031, 2023), whose weights come with its package.

One thread each: on small crystals CHGNet gains nothing from more, so many crystals go to several processes.
"""

from __future__ import annotations

import io
import math
import multiprocessing
import os
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from ..gen.crystal import Crystal
from ..gen.errors import UserError
from ..validators.structure import Structure

FORCE_LIMIT = 0.05  # eV/Å: largest force (and stress, per atom of the cell filter) on a relaxed crystal
MAX_STEPS = 500
MAX_SWELLING = 3.0  # ratio of volumes at which a relaxation is given up
CRYSTALS_PER_WORKER = 10  # a process takes seconds to start


@dataclass(frozen=True)
class Relaxed:
    """A crystal after relaxation of cell and positions.

    symbol     meaning                                     unit
    crystal    the relaxed crystal; None where it failed
    energy     CHGNet's, MP2020-corrected as it was taught  eV/atom
    steps      of the optimiser
    converged  whether the forces fell below the limit
    failure    why there is no relaxed crystal
    """

    crystal: Crystal | None
    energy: float
    steps: int
    converged: bool
    failure: str = ""


def energy_per_atom(crystal: Crystal) -> float:
    """CHGNet's energy of a crystal as it is, eV/atom."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(_model().predict_structure(crystal.structure, task="e")["e"])


def relax(crystal: Crystal, max_steps: int = MAX_STEPS, force_limit: float = FORCE_LIMIT) -> Relaxed:
    """Relaxes cell and positions (BFGS on the Fréchet cell filter of ASE); never raises for a bad crystal."""
    verdict = Structure().check(crystal)
    if not verdict.passed:  # CHGNet gives finite energies for NaN and has a hole at short distances
        return Relaxed(None, math.nan, 0, False, verdict.reason)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _relax(crystal, max_steps, force_limit)
    except Exception as error:  # noqa: BLE001  one bad crystal must not end an evaluation
        return Relaxed(None, math.nan, 0, False, f"{type(error).__name__}: {error}")


def _relax(crystal: Crystal, max_steps: int, force_limit: float) -> Relaxed:
    from ase import Atoms
    from ase.filters import FrechetCellFilter
    from ase.optimize import BFGS
    from chgnet.model.dynamics import CHGNetCalculator

    atoms = Atoms(crystal.atomic_numbers, cell=crystal.lattice, scaled_positions=crystal.frac_coords, pbc=True)
    with redirect_stdout(io.StringIO()):  # it greets
        atoms.calc = CHGNetCalculator(_model(), use_device="cpu", on_isolated_atoms="ignore")
    optimizer = BFGS(FrechetCellFilter(atoms), logfile=None)
    converged = False
    for state in optimizer.irun(fmax=force_limit, steps=max_steps):
        converged, steps = bool(state), optimizer.nsteps
        swelling = atoms.get_volume() / crystal.volume
        if not 1 / MAX_SWELLING < swelling < MAX_SWELLING:
            return Relaxed(None, math.nan, steps, False, f"the volume changed by a factor of {swelling:.2g}")
    energy = float(atoms.get_potential_energy()) / len(crystal)
    coords = atoms.get_scaled_positions(wrap=False)
    relaxed = Crystal.of(atoms.cell.array, coords, crystal.atomic_numbers, crystal.name, crystal.info)
    if not relaxed.is_finite or not math.isfinite(energy):
        return Relaxed(None, math.nan, optimizer.nsteps, False, "the relaxation left the finite numbers")
    return Relaxed(relaxed, energy, optimizer.nsteps, converged)


def relax_all(crystals: Sequence[Crystal], workers: int | None = None, max_steps: int = MAX_STEPS) -> Iterator[Relaxed]:
    """Relaxes many, in order, in as many processes as there are cores (or ``workers``)."""
    if workers is None:
        workers = min(len(os.sched_getaffinity(0)), 1 + len(crystals) // CRYSTALS_PER_WORKER)
    task = partial(relax, max_steps=max_steps)
    if workers <= 1:
        yield from map(task, crystals)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_one_thread) as pool:
        yield from pool.map(task, crystals)


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@cache
def _model() -> Any:
    try:
        from chgnet.model import CHGNet
    except ImportError as error:
        raise UserError('Relaxation needs CHGNet: pip install "electrolith[relax]".') from error
    _one_thread()
    with redirect_stdout(io.StringIO()):  # it greets
        return CHGNet.load(use_device="cpu", verbose=False)


def distance_to_relaxed(crystal: Crystal, relaxed: Crystal) -> float:
    """Root mean square displacement of the atoms, Å, when the same cell relaxed from one to the other.

    It is MatterGen's distance (Zeni et al., Nature 639, 624, 2025): fractional displacements, the common drift taken
    out, measured in the cell of mean edges and angles. MatterGen finds out with StructureMatcher which atom became
    which; here that is known.
    """
    from pymatgen.core import Lattice

    one, other = (np.array(Lattice(c.lattice).parameters) for c in (crystal, relaxed))
    moved = relaxed.frac_coords - crystal.frac_coords
    moved -= moved[0]  # before wrapping, or a drift near half a cell would be wrapped for some atoms only
    moved -= np.round(moved)
    moved -= moved.mean(0)
    cartesian = moved @ Lattice.from_parameters(*(one + other) / 2).matrix
    return float(np.sqrt((cartesian**2).sum(1).mean()))
