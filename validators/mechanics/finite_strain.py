"""The elastic tensor by finite strain: strain the relaxed cell, relax the ions in it, read the stress.

symbol   meaning                                                                          unit
ε        one of six strains of one size, with either sign (orthonormal in Mandel's form)  none
σ        the change of the stress, ions relaxed                                           GPa
R        rotations of the crystal's point group
C        least squares of R σ Rᵀ = C R ε Rᵀ over all strains made and all R               GPa

Frozen ions would make crystals with soft internal modes far too stiff. Strains that the point group makes of others,
with enough of every direction left, are not made: two instead of twelve for a cubic crystal in its usual axes.
"""

from __future__ import annotations

import warnings
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...gen.crystal import Crystal
from ...gen.errors import ElectrolithError
from ...gen.symmetry.space_group_search import STRICT_SYMPREC, symmetry_rotations
from ..relaxation.potentials import atoms_of
from ..relaxation.relax import fix_symmetry, relax
from .elasticity import SHEAR, Elasticity, mandel, tensor_of

SIZE = 0.005  # of a strain
FORCE_LIMIT = 0.003  # eV/Å; ten times of it on ions changes stresses by some percent
MAX_STEPS = 300
NONLINEAR = 0.15  # share of the stress that a tensor may leave unexplained
SHAKE = 0.05  # Å, of every ion, and
SKEW = 0.01  # strain of the cell, to leave a saddle
ENOUGH = 0.15  # least weight of any direction of strain; with all strains each has 1, of cubic crystals 1/3
EV_PER_A3 = 160.21766208  # GPa


class NoTensor(ElectrolithError):
    """The strained crystal has no minimum near by, or the potential gives none; the message says which."""


def elasticity(crystal: Crystal, potential: str, fall: bool = False) -> Elasticity:
    """The stiffness of a crystal, which is relaxed first, in its space group. Raises ``NoTensor``.

    Symmetry can hold ions on a saddle (half-filled lithium sites in the middle of two, say), from which they fall when
    it is broken by a strain: then it is tried once more ``off_its_saddle``; with ``fall`` also where a strain softens
    the crystal.
    """
    try:
        found = _elasticity(crystal, potential, symmetric=True)
    except NoTensor:
        return off_its_saddle(crystal, potential)
    return off_its_saddle(crystal, potential) if fall and not found.is_stable else found


def off_its_saddle(crystal: Crystal, potential: str) -> Elasticity:
    """The stiffness of what a crystal falls to if it is shaken and relaxed without symmetry. Raises ``NoTensor``."""
    random = np.random.default_rng(0)
    jumps = random.normal(scale=SHAKE, size=crystal.frac_coords.shape)
    coords = crystal.frac_coords + jumps @ np.linalg.inv(crystal.lattice)
    skew = tensor_of(random.normal(scale=SKEW, size=6))
    shaken = Crystal.of(crystal.lattice @ (np.eye(3) + skew), coords, crystal.atomic_numbers)
    return _elasticity(shaken, potential, symmetric=False)


def _elasticity(crystal: Crystal, potential: str, symmetric: bool) -> Elasticity:
    start = relaxed(crystal, potential, FORCE_LIMIT, symmetric)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _fitted(start, potential)


def relaxed(crystal: Crystal, potential: str, force_limit: float, symmetric: bool) -> Crystal:
    """The crystal from which strains start. Raises ``NoTensor`` where there is none."""
    start = relax(crystal, MAX_STEPS, force_limit, potential, symmetric)
    if start.crystal is None:
        raise NoTensor(start.failure)
    if not start.converged:
        raise NoTensor(f"the crystal did not relax within {MAX_STEPS} steps")
    return start.crystal


def _fitted(crystal: Crystal, potential: str) -> Elasticity:
    rotations = point_group(crystal)
    strained = Strained(crystal, potential, FORCE_LIMIT)
    unstrained = strained.stress(np.zeros((3, 3)))
    stress_strain, strain_strain = np.zeros((6, 6)), np.zeros((6, 6))
    stress_stress = 0.0
    for strain in strains(rotations):
        stress = strained.stress(strain) - unstrained
        for rotation in rotations:
            turned, answer = (mandel(rotation @ tensor @ rotation.T) for tensor in (strain, stress))
            stress_strain += np.outer(answer, turned)
            strain_strain += np.outer(turned, turned)
            stress_stress += float(answer @ answer)
    stiffness = stress_strain @ np.linalg.inv(strain_strain)
    stiffness = (stiffness + stiffness.T) / 2
    explained = 2 * (stiffness * stress_strain).sum() - (stiffness @ strain_strain * stiffness).sum()
    if stress_stress - explained > NONLINEAR**2 * stress_stress:
        raise NoTensor("its stress does not follow the strain: ions move to other places")
    inverse = np.linalg.inv(SHEAR)
    return Elasticity(inverse @ stiffness @ inverse)


class Strained:
    """One crystal under one strain after the other; what its ions did before is the first guess for the next time."""

    def __init__(self, crystal: Crystal, potential: str, force_limit: float, symmetric: bool = False) -> None:
        self.cell, self.force_limit = crystal.lattice, force_limit
        self.atoms = atoms_of(crystal, potential)
        if symmetric:
            fix_symmetry(self.atoms)
        self.start = self.atoms.get_scaled_positions(wrap=False)
        self.strain, self.moved = np.zeros((3, 3)), np.zeros_like(self.start)
        self.hessian: NDArray[np.float64] | None = None

    def stress(self, strain: NDArray[np.float64]) -> NDArray[np.float64]:
        """The stress, (3, 3), GPa, of the crystal so strained, (3, 3). Raises ``NoTensor``."""
        from ase.optimize import BFGS

        opposite = bool(self.strain.any()) and np.allclose(strain, -self.strain)
        self.atoms.set_cell(self.cell @ (np.eye(3) + strain))
        self.atoms.set_scaled_positions(self.start - self.moved if opposite else self.start)
        optimizer = BFGS(self.atoms, logfile=None)
        if self.hessian is not None:
            optimizer.H0 = self.hessian
        if not optimizer.run(fmax=self.force_limit, steps=MAX_STEPS):
            raise NoTensor(f"the ions of the strained crystal found no rest within {MAX_STEPS} steps")
        self.strain, self.moved = strain, self.atoms.get_scaled_positions(wrap=False) - self.start
        self.hessian = getattr(optimizer, "H", None) if optimizer.nsteps else self.hessian
        stress: Any = self.atoms.get_stress(voigt=False)
        return np.asarray(stress, dtype=np.float64) * EV_PER_A3


def strains(rotations: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The strains, (3, 3) each, that must be made of a crystal with these rotations (r, 3, 3)."""
    units = [tensor_of(unit) for unit in np.eye(6)]
    orbits = [mandel(np.einsum("rij,jk,rlk->ril", rotations, unit, rotations)) for unit in units]
    weights = [orbit.T @ orbit / len(orbit) for orbit in orbits]
    chosen = next(
        max(able, key=lambda some: _least(weights, some))
        for number in range(1, 7)
        if (able := [some for some in combinations(range(6), number) if _least(weights, some) >= ENOUGH])
    )
    made = []
    for k in chosen:
        made.append(SIZE * units[k])
        turned_round = np.abs(orbits[k] + mandel(units[k])).max(1).min() < 1e-3
        if not turned_round:
            made.append(-SIZE * units[k])
    return made


def _least(weights: list[NDArray[np.float64]], chosen: tuple[int, ...]) -> float:
    return float(np.linalg.eigvalsh(np.sum([weights[k] for k in chosen], axis=0)).min())


def point_group(crystal: Crystal) -> NDArray[np.float64]:
    """The rotations of the crystal as Cartesian matrices, (r, 3, 3); the identity where spglib finds none."""
    found = symmetry_rotations(crystal, STRICT_SYMPREC)
    if found is None:
        return np.eye(3)[None]
    axes = crystal.lattice.T
    return np.unique(np.round(axes @ found @ np.linalg.inv(axes), 10), axis=0)
