"""Elastic tensors by finite strain: strain the relaxed cell, relax the ions in it, read the stress.

symbol   meaning                                                                          unit
ε        strains of one size, with either sign (orthonormal in Mandel's form)             none
σ        change of the stress, with relaxed ions                                          GPa
R        rotations of the crystal's point group
C        least squares of R σ Rᵀ = C R ε Rᵀ over all strains and all R                    GPa

Frozen ions would make crystals with soft internal modes far too stiff.
"""

from __future__ import annotations

import warnings

import numpy as np

from ...gen.crystal import Crystal
from ..relaxation.relax import relax
from .elasticity import SHEAR, Elasticity, mandel, tensor_of
from .strain_set import point_group, strains
from .strained_cell import MAX_STEPS, NoTensor, StrainedCell

FORCE_LIMIT = 0.003  # eV/Å; ten times this limit changes stresses by some percent
NONLINEAR = 0.15  # share of the stress that a tensor may leave unexplained
SHAKE = 0.05  # Å, random displacement of every ion to leave a saddle point
SKEW = 0.01  # random strain of the cell to leave a saddle point


def elasticity(crystal: Crystal, potential: str, fall: bool = False) -> Elasticity:
    """The stiffness of a crystal after relaxation in its space group. Raises ``NoTensor``.

    Symmetry can hold ions on a saddle point, for example lithium between two half-filled sites. They leave it when a
    strain breaks the symmetry. In this case the tensor is that ``off_its_saddle``; with ``fall`` also if the crystal is
    mechanically unstable.
    """
    try:
        found = _elasticity(crystal, potential, symmetric=True)
    except NoTensor:
        return off_its_saddle(crystal, potential)
    return off_its_saddle(crystal, potential) if fall and not found.is_stable else found


def off_its_saddle(crystal: Crystal, potential: str) -> Elasticity:
    """The stiffness of a crystal after random displacements and relaxation without symmetry. Raises ``NoTensor``."""
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
    """The relaxed crystal, from which strains start. Raises ``NoTensor`` if it does not relax."""
    start = relax(crystal, MAX_STEPS, force_limit, potential, symmetric)
    if start.crystal is None:
        raise NoTensor(start.failure)
    if not start.converged:
        raise NoTensor(f"the crystal did not relax within {MAX_STEPS} steps")
    return start.crystal


def _fitted(crystal: Crystal, potential: str) -> Elasticity:
    rotations = point_group(crystal)
    strained = StrainedCell(crystal, potential, FORCE_LIMIT)
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
        raise NoTensor("its stress is not proportional to the strain: ions move to other sites")
    inverse = np.linalg.inv(SHEAR)
    return Elasticity(inverse @ stiffness @ inverse)
