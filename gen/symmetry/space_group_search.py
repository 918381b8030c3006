"""Symmetry searches with spglib (Togo et al., Sci. Technol. Adv. Mater. Methods 4, 2384822, 2024).

All searches of the package go through this module. None is the answer for a crystal with numbers that are not finite,
for a flat cell, and where spglib fails. The tolerances are distances between atoms and their symmetric images, in Å.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..crystal import Crystal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from spglib import SpglibDataset

LOOSE_SYMPREC = 0.1  # Å: a generated crystal has the requested space group
MEDIUM_SYMPREC = 0.05  # Å: crystals that were read from files, or relaxed
STRICT_SYMPREC = 0.01  # Å: symmetry that a relaxation keeps, primitive cells, the space group of a written CIF
QUIET = "SPGLIB_WARNING"  # environment variable that spglib reads at each warning


def symmetry_dataset(crystal: Crystal, symprec: float, hall_number: int = 0) -> SpglibDataset | None:
    """spglib's data set of a crystal; ``hall_number`` requests a setting of the space group, 0 spglib's own choice."""
    return _search("get_symmetry_dataset", crystal, symprec=symprec, hall_number=hall_number)


def symmetry_rotations(crystal: Crystal, symprec: float) -> NDArray[np.int32] | None:
    """Rotations W of all symmetry operations of the cell, (n, 3, 3), in fractional coordinates of the crystal."""
    found = _search("get_symmetry", crystal, symprec=symprec)
    return None if found is None else found["rotations"]


def standard_cell(crystal: Crystal, symprec: float, *, primitive: bool) -> Crystal | None:
    """The crystal in spglib's conventional or primitive cell; the atoms are not moved."""
    found = _search("standardize_cell", crystal, to_primitive=primitive, no_idealize=True, symprec=symprec)
    if found is None:
        return None
    lattice, coords, numbers = found
    return crystal.in_cell(lattice, coords, numbers)


def _search(name: str, crystal: Crystal, **options: Any) -> Any:
    """The result of one function of spglib; None for a flawed crystal and where spglib raises an error."""
    if not crystal.is_finite:
        return None
    import spglib  # here because commands without a symmetry search start 20 ms sooner

    search: Callable[..., Any] = getattr(spglib, name)
    with quiet_spglib():
        try:
            return search((crystal.lattice, crystal.frac_coords, crystal.atomic_numbers), **options)
        except Exception:  # noqa: BLE001  spglib 2.8 raises errors of its own where older versions return None
            return None


@contextmanager
def quiet_spglib() -> Iterator[None]:
    """Silences spglib, which writes its warnings to the terminal, unless the user has set ``SPGLIB_WARNING``."""
    if QUIET in os.environ:
        yield
        return
    os.environ[QUIET] = "OFF"
    try:
        yield
    finally:
        os.environ.pop(QUIET, None)
