"""A periodic crystal: the record that all packages share.

Conventions of the whole package: lattices are row vectors in Å (``lattice[0]`` is a), Cartesian = fractional @ lattice,
fractional coordinates in [0, 1), atomic numbers from 1 to 118.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .findings import Findings

if TYPE_CHECKING:
    from pymatgen.core import Structure

ATOMIC_MASS_TO_G_PER_CM3 = 1.66053906660  # (u / Å³) in g/cm³


@dataclass(frozen=True, eq=False)
class Crystal:
    """An ordered crystal.

    symbol          meaning                       shape, unit
    lattice         a, b, c as rows               (3, 3), Å
    frac_coords     fractional coordinates        (n, 3)
    atomic_numbers  element of each atom          (n,)
    name            where it comes from           text
    info            columns of its input file; read-only
    findings        findings of earlier steps
    remarks         what its reader changed or assumed, one sentence each
    source          the file that it was read from, and its place in it, e.g. ``table.csv, row 7``
    """

    lattice: NDArray[np.float64]
    frac_coords: NDArray[np.float64]
    atomic_numbers: NDArray[np.int64]
    name: str = ""
    info: Mapping[str, Any] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    remarks: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "info", MappingProxyType(dict(self.info)))

    def __reduce__(self) -> tuple[Any, ...]:  # a read-only mapping cannot be pickled as it is
        return Crystal, (
            self.lattice, self.frac_coords, self.atomic_numbers, self.name, dict(self.info), self.findings,
            self.remarks, self.source,
        )  # fmt: skip

    @classmethod
    def of(
        cls,
        lattice: ArrayLike,
        frac_coords: ArrayLike,
        atomic_numbers: ArrayLike,
        name: str = "",
        info: Mapping[str, Any] | None = None,
    ) -> Crystal:
        """A crystal from anything array-like. Raises ``ValueError`` if the shapes do not fit."""
        lattice = np.asarray(lattice, dtype=np.float64)
        coords = np.asarray(frac_coords, dtype=np.float64).reshape(-1, 3)
        numbers = np.asarray(atomic_numbers, dtype=np.int64).reshape(-1)
        if lattice.shape != (3, 3):
            raise ValueError(f"a lattice is three row vectors, shape (3, 3); got {lattice.shape}")
        if len(coords) != len(numbers):
            raise ValueError(f"{len(numbers)} elements but {len(coords)} positions")
        return cls(lattice, coords, numbers, name, info or {})

    @classmethod
    def from_structure(cls, structure: Structure, name: str = "", info: Mapping[str, Any] | None = None) -> Crystal:
        """A crystal from a pymatgen ``Structure``. Raises ``ValueError`` for partial occupancies or no atoms."""
        if len(structure) == 0:
            raise ValueError("the structure has no atoms")
        if not structure.is_ordered:
            raise ValueError("partial occupancies: only ordered crystals are handled; make an ordered cell first")
        numbers = [site.specie.Z for site in structure]
        return cls.of(structure.lattice.matrix, structure.frac_coords, numbers, name, info)

    def in_cell(self, lattice: ArrayLike, frac_coords: ArrayLike, atomic_numbers: ArrayLike) -> Crystal:
        """The same crystal with other coordinates or in another cell; all else stays."""
        cell = Crystal.of(lattice, frac_coords, atomic_numbers)
        return replace(self, lattice=cell.lattice, frac_coords=cell.frac_coords, atomic_numbers=cell.atomic_numbers)

    def with_info(self, columns: Mapping[str, Any]) -> Crystal:
        """The same crystal with more columns of its input in ``info``."""
        return replace(self, info={**self.info, **columns})

    def with_findings(self, **found: Any) -> Crystal:
        """The same crystal with more findings; the keywords are the fields of ``Findings``."""
        return replace(self, findings=replace(self.findings, **found))

    @cached_property
    def structure(self) -> Structure:
        """The crystal as a pymatgen ``Structure``."""
        from pymatgen.core import Element, Lattice, Structure

        species = [Element.from_Z(int(z)) for z in self.atomic_numbers]
        return Structure(Lattice(self.lattice), species, self.frac_coords, to_unit_cell=True)

    def __len__(self) -> int:
        return len(self.atomic_numbers)

    @property
    def is_finite(self) -> bool:
        """Whether every number is finite and the cell has a volume; check this before calling spglib."""
        finite = bool(np.isfinite(self.lattice).all() and np.isfinite(self.frac_coords).all())
        return finite and len(self) > 0 and self.volume > 1e-3

    @property
    def volume(self) -> float:
        """Cell volume, Å³."""
        return float(abs(np.linalg.det(self.lattice)))

    @property
    def density(self) -> float:
        """Mass density, g/cm³."""
        from ase.data import atomic_masses

        return float(atomic_masses[self.atomic_numbers].sum() / self.volume * ATOMIC_MASS_TO_G_PER_CM3)

    @property
    def formula(self) -> str:
        """Reduced formula, elements from electropositive to electronegative, e.g. ``Li3PS4``."""
        return self.composition.reduced_formula

    @cached_property
    def composition(self) -> Any:
        """pymatgen ``Composition`` of the cell."""
        from pymatgen.core import Composition, Element

        numbers, counts = np.unique(self.atomic_numbers, return_counts=True)
        return Composition({Element.from_Z(int(z)): int(c) for z, c in zip(numbers, counts, strict=True)})
