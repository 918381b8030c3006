"""The stress of a crystal under strain, with relaxed ions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...gen.crystal import Crystal
from ...gen.errors import ElectrolithError
from ..relaxation.potentials import atoms_of
from ..relaxation.relax import fix_symmetry

MAX_STEPS = 300
EV_PER_A3 = 160.21766208  # GPa


class NoTensor(ElectrolithError):
    """The strained crystal has no minimum nearby, or the potential has no answer; the message says which."""


class StrainedCell:
    """One crystal under several strains in turn; earlier displacements of its ions are the first guess for the next."""

    def __init__(self, crystal: Crystal, potential: str, force_limit: float, symmetric: bool = False) -> None:
        self.cell, self.force_limit = crystal.lattice, force_limit
        self.atoms = atoms_of(crystal, potential)
        if symmetric:
            fix_symmetry(self.atoms)
        self.start = self.atoms.get_scaled_positions(wrap=False)
        self.strain, self.moved = np.zeros((3, 3)), np.zeros_like(self.start)
        self.hessian: NDArray[np.float64] | None = None

    def stress(self, strain: NDArray[np.float64]) -> NDArray[np.float64]:
        """The stress (3, 3), GPa, under a strain (3, 3). Raises ``NoTensor``."""
        from ase.optimize import BFGS

        opposite = bool(self.strain.any()) and np.allclose(strain, -self.strain)
        self.atoms.set_cell(self.cell @ (np.eye(3) + strain))
        self.atoms.set_scaled_positions(self.start - self.moved if opposite else self.start)
        optimizer = BFGS(self.atoms, logfile=None)
        if self.hessian is not None:
            optimizer.H0 = self.hessian
        if not optimizer.run(fmax=self.force_limit, steps=MAX_STEPS):
            raise NoTensor(f"the ions of the strained crystal did not relax within {MAX_STEPS} steps")
        self.strain, self.moved = strain, self.atoms.get_scaled_positions(wrap=False) - self.start
        self.hessian = getattr(optimizer, "H", None) if optimizer.nsteps else self.hessian
        stress: Any = self.atoms.get_stress(voigt=False)
        return np.asarray(stress, dtype=np.float64) * EV_PER_A3
