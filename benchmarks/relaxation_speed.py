"""Steps and time of relaxation with CHGNet by optimiser and scaling, for disturbed crystals of the validation split.

All methods stop at the same forces. Times are CPU times of the process, so that other processes matter little.
Run from the root of the repository: ``python benchmarks/relaxation_speed.py`` (two minutes of one core;
``--small``: seconds).
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from figures import Figure, arguments, save

from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.validators.relaxation.potentials import CHGNET, atoms_of
from electrolith.validators.relaxation.relax import FORCE_LIMIT, STIFFNESS, fix_symmetry

N, MAX_ATOMS, MAX_STEPS = 12, 20, 300
SMALL_N, SMALL_MAX_ATOMS = 1, 4
MOVED, STRAINED = 0.06, 0.02  # Å of each free coordinate; of each lattice coordinate


@dataclass(frozen=True)
class Method:
    """Optimiser of ASE with its options, scale of the cell by number of atoms, and whether the symmetry is kept."""

    words: str
    optimizer: Callable[..., Any]
    cell_scale: Callable[[int], float]
    symmetric: bool = False


def methods() -> list[Method]:
    from ase.optimize import BFGS, FIRE, LBFGS

    root, whole = (lambda n: n**0.5), float
    soft = {"alpha": STIFFNESS}
    ours = f"BFGS, cell scaled by √n, first curvature {STIFFNESS:g} eV/Å² (default of electrolith)"
    return [
        Method("BFGS with the defaults of ASE", BFGS, whole),
        Method("BFGS, cell scaled by √n", BFGS, root),
        Method(ours, partial(BFGS, **soft), root),
        Method("default of electrolith, symmetry kept", partial(BFGS, **soft), root, symmetric=True),
        Method("LBFGS, otherwise the default of electrolith", partial(LBFGS, **soft), root),
        Method("FIRE, cell scaled by √n", FIRE, root),
    ]


def disturbed(n: int, max_atoms: int) -> list[Crystal]:
    """Crystals near the hull with displaced free parameters."""
    reference = reference_set()
    near = reference.property("energy_above_hull") <= 0.1
    able = np.flatnonzero((reference.split == SPLITS.index("val")) & (reference.n_atoms <= max_atoms) & near)
    rng = np.random.default_rng(0)
    crystals = []
    for i in rng.permutation(able)[:n]:
        orbits = reference[int(i)]
        edge = crystal_of(orbits, primitive=True).volume ** (1 / 3)
        theta = orbits.theta + rng.normal(size=orbits.theta.shape) * MOVED / edge
        lattice = np.asarray(orbits.lattice) + rng.normal(size=6) * STRAINED
        crystals.append(crystal_of(replace(orbits, theta=theta, lattice=lattice), primitive=True))
    return crystals


def relaxed(crystal: Crystal, method: Method) -> tuple[int, float, bool]:
    """Steps, CPU seconds, and whether the forces fell below the limit."""
    from ase.filters import FrechetCellFilter

    atoms, size = atoms_of(crystal, CHGNET), len(crystal)
    start = time.process_time()
    if method.symmetric:
        fix_symmetry(atoms)
    scale = method.cell_scale(size)
    cell = FrechetCellFilter(atoms, exp_cell_factor=scale)
    optimizer = method.optimizer(cell, logfile=None)
    for _ in optimizer.irun(fmax=0.0, steps=MAX_STEPS):
        forces = np.sqrt((cell.get_forces() ** 2).sum(1))
        forces[size:] *= scale / size
        if forces.max() < FORCE_LIMIT:
            return optimizer.nsteps, time.process_time() - start, True
    return optimizer.nsteps, time.process_time() - start, False


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    warnings.simplefilter("ignore")
    crystals = disturbed(SMALL_N, SMALL_MAX_ATOMS) if args.small else disturbed(N, MAX_ATOMS)
    atoms_of(crystals[0], CHGNET).get_potential_energy()  # loads the weights
    figures = []
    for method in methods():
        found = [relaxed(crystal, method) for crystal in crystals]
        steps, seconds = (float(np.mean([f[k] for f in found])) for k in (0, 1))
        lost = sum(not done for _, _, done in found)
        remark = f"{lost} not converged in {MAX_STEPS} steps" if lost else ""
        value = f"{steps:.1f} steps, {seconds:.2f} s of one core per crystal"
        figures.append(Figure(f"relaxation: {method.words}", "", value, len(found), None, remark))
        print(figures[-1], flush=True)
    save("relaxation_speed", figures, args)
