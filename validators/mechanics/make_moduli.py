"""Writes ``moduli_calibration.json``: ``python -m electrolith.validators.mechanics.make_moduli`` (half an hour).

It computes the moduli of crystals with known moduli, with each potential, and writes the file after each crystal.
Crystals that are in the file are not computed again.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...gen.crystal import Crystal
from ..relaxation.potentials import POTENTIALS
from .calibration import CALIBRATION
from .finite_strain import elasticity
from .strained_cell import NoTensor


@dataclass(frozen=True)
class Known:
    """A crystal with known moduli: conventional cell (Å, °), one site per orbit, bulk and shear modulus (GPa)."""

    space_group: int
    cell: tuple[float, float, float, float, float, float]
    elements: tuple[str, ...]
    sites: tuple[tuple[float, float, float], ...]
    bulk: float
    shear: float


def _cubic(a: float) -> tuple[float, float, float, float, float, float]:
    return (a, a, a, 90, 90, 90)


KNOWN = {  # smallest first; measured at room temperature, except Li6PS5Cl (DFT)
    "Cu": Known(225, _cubic(3.615), ("Cu",), ((0, 0, 0),), 140, 48),
    "Si": Known(227, _cubic(5.431), ("Si",), ((0.125, 0.125, 0.125),), 98, 66),
    "MgO": Known(225, _cubic(4.212), ("Mg", "O"), ((0, 0, 0), (0.5, 0.5, 0.5)), 160, 130),
    "LiF": Known(225, _cubic(4.027), ("Li", "F"), ((0, 0, 0), (0.5, 0.5, 0.5)), 70, 50),
    "LiCl": Known(225, _cubic(5.14), ("Li", "Cl"), ((0, 0, 0), (0.5, 0.5, 0.5)), 32, 19),
    "Al2O3": Known(
        167, (4.759, 4.759, 12.993, 90, 90, 120), ("Al", "O"), ((0, 0, 0.3522), (0.3063, 0, 0.25)), 250, 160
    ),
    "Li6PS5Cl": Known(
        216, _cubic(9.86), ("Li", "P", "S", "S", "Cl"),
        ((0.018, 0.25, 0.25), (0, 0, 0.5), (0.119, 0.881, 0.619), (0.25, 0.25, 0.25), (0, 0, 0)), 29, 8,
    ),
    "Li7La3Zr2O12": Known(
        142, (13.13, 13.13, 12.66, 90, 90, 90), ("Li", "Li", "Li", "La", "La", "Zr", "O", "O", "O"),
        ((0, 0.25, 0.375), (0.1813, 0.4313, 0.125), (0.0797, 0.0858, 0.8099), (0, 0.25, 0.125), (0.127, 0, 0.25),
         (0, 0, 0), (-0.034, 0.0544, 0.1525), (0.0534, 0.8528, 0.5339), (0.1499, 0.0273, 0.446)), 102, 60,
    ),
}  # fmt: skip


def crystal_of(known: Known) -> Crystal:
    """The crystal in a primitive cell."""
    from pymatgen.core import Lattice, Structure
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer
    from spglib import get_spacegroup_type, get_symmetry_from_database

    hall = next(
        h for h in range(1, 531)
        if (found := get_spacegroup_type(h)).number == known.space_group and found.choice in ("", "2", "H")
    )  # fmt: skip
    operations = get_symmetry_from_database(hall)
    sites: list[np.ndarray] = []
    elements: list[str] = []
    for element, site in zip(known.elements, known.sites, strict=True):
        for image in (operations["rotations"] @ np.array(site) + operations["translations"]) % 1.0:
            apart = [np.abs(image - other - np.round(image - other)).max() for other in sites]
            if min(apart, default=1.0) > 1e-4:
                sites.append(image)
                elements.append(element)
    whole = Structure(Lattice.from_parameters(*known.cell), elements, sites)
    return Crystal.from_structure(SpacegroupAnalyzer(whole).find_primitive())


def measured(names: list[str], potentials: list[str]) -> dict[str, Any]:
    """The table of the file, with the missing ones of these crystals and potentials computed."""
    table: dict[str, Any] = json.loads(CALIBRATION.read_text(encoding="utf-8")) if CALIBRATION.exists() else {}
    for name in names:
        for potential in potentials:
            computed = table.setdefault(potential, {"computed": {}})["computed"]
            if name in computed:
                continue
            try:
                found = elasticity(crystal_of(KNOWN[name]), potential)
            except NoTensor as error:
                print(name, potential, error, flush=True)
                continue
            computed[name] = [round(found.bulk_modulus, 1), round(found.shear_modulus, 1)]
            print(name, potential, computed[name], flush=True)
            table[potential] = calibration(computed) | {"computed": computed}
            CALIBRATION.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    return table


def calibration(computed: dict[str, list[float]]) -> dict[str, float]:
    """Systematic errors of a potential for K and G: factors known / computed, errors before and after correction.

    name     meaning
    factor   geometric mean of known / computed
    spread   standard deviation of the logarithm of the remaining ratio
    error    mean of |computed / known - 1|
    left     the same after correction by the factor of the other crystals
    """
    values: dict[str, float] = {}
    for k, kind in enumerate(("bulk", "shear")):
        known = np.array([(KNOWN[name].bulk, KNOWN[name].shear)[k] for name in computed])
        found = np.array([pair[k] for pair in computed.values()])
        ratio = np.log(known / found)
        others = [np.exp(np.delete(ratio, i).mean()) for i in range(len(ratio))] if len(ratio) > 1 else [np.nan]
        values |= {
            f"{kind}_factor": np.exp(ratio.mean()),
            f"{kind}_spread": ratio.std(ddof=1) if len(ratio) > 1 else np.nan,
            f"{kind}_error": np.abs(found / known - 1).mean(),
            f"{kind}_left": np.abs(found * others / known - 1).mean(),
        }
    return {name: round(float(value), 3) for name, value in values.items()}


if __name__ == "__main__":
    measured(list(KNOWN), sys.argv[1:] or list(POTENTIALS))
