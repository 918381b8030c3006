"""Features of a crystal for the conductivity estimate: composition, symmetry and volume.

All features are defined for a composition with partial occupancies as well as for an ordered crystal, since most
measured conductors are doped. None of them names the family of materials.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..structure.atomic_volumes import ATOMIC_VOLUMES

if TYPE_CHECKING:
    from pymatgen.core import Composition

ANIONS = {"O": 2, "S": 2, "Se": 2, "Te": 2, "F": 1, "Cl": 1, "Br": 1, "I": 1, "N": 3}  # and their charges
WITHOUT_THEM = {"P": 3, "H": 1, "C": 4}  # the anions of a crystal without any of those
TRACE = 0.03  # of the atoms: an element with a smaller share is a dopant
USUAL_VOLUME = 18.0  # Å³, of an element without a known one
NAMES = (
    "elements", "mixing of cations", "mixing of anions", "cation elements", "dopants", "charge of cations",
    "order of the point group", "inversion", "volume over usual", "Li share", "Li per anion", "Li density",
    "volume per atom", "cell volume", "electronegativity of cations", "lowest", "highest", "radius of cations",
    "smallest", "largest", "electronegativity of anions", "radius of anions", "space group", "O share of anions",
    "S share of anions", "halogen share of anions", "N share of anions", "P share", "cations per anion",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Substance:
    """The data of a crystal that the estimate uses, ordered or not.

    symbol           meaning                             unit
    composition      pymatgen ``Composition``            any number of atoms
    space_group      1–230
    volume           of the conventional cell            Å³
    volume_per_atom                                      Å³
    """

    composition: Composition
    space_group: int
    volume: float
    volume_per_atom: float

    @property
    def shares(self) -> dict[str, float]:
        """Share of the atoms by element."""
        total = float(self.composition.num_atoms)
        return {element.symbol: float(amount) / total for element, amount in self.composition.items()}


def features(substance: Substance) -> NDArray[np.float64]:
    """Features (k,), in the order of ``NAMES``."""
    shares = substance.shares
    charges = ANIONS if set(shares) & set(ANIONS) else WITHOUT_THEM
    anions = {e: s for e, s in shares.items() if e in charges} or {"O": 1e-3}
    cations = {e: s for e, s in shares.items() if e not in charges and e != "Li"}
    lithium = shares.get("Li", 0.0)
    n_anions, n_cations = sum(anions.values()), sum(cations.values())
    spare = sum(s * charges.get(e, 2) for e, s in anions.items()) - lithium
    order, inversion = point_group(substance.space_group)
    usual = sum(s * ATOMIC_VOLUMES.get(e, USUAL_VOLUME) for e, s in shares.items())
    cation_values = [_spread(cations, k) for k in (0, 1)] if cations else [(1.5, 1.5, 1.5), (1.2, 1.2, 1.2)]
    row = [
        len(shares), _mixing(cations), _mixing(anions), len(cations), sum(s < TRACE for s in shares.values()),
        float(np.clip(spare / max(n_cations, 0.02), 0, 8)) if cations else 3.0,
        np.log(order), inversion, substance.volume_per_atom / usual,
        lithium, lithium / n_anions, lithium / substance.volume_per_atom,
        np.log(substance.volume_per_atom), np.log(substance.volume),
        *cation_values[0], *cation_values[1], _spread(anions, 0)[0], _spread(anions, 1)[0], substance.space_group,
        anions.get("O", 0.0) / n_anions, anions.get("S", 0.0) / n_anions,
        sum(anions.get(e, 0.0) for e in ("F", "Cl", "Br", "I")) / n_anions, anions.get("N", 0.0) / n_anions,
        shares.get("P", 0.0), n_cations / n_anions,
    ]  # fmt: skip
    return np.array(row, dtype=np.float64)


def _mixing(shares: dict[str, float]) -> float:
    """Entropy of mixing, in units of k per atom of these elements."""
    total = sum(shares.values())
    return -sum(s / total * np.log(s / total) for s in shares.values() if s > 0)


def _spread(shares: dict[str, float], kind: int) -> tuple[float, float, float]:
    """Mean, least and largest of electronegativity (0) or atomic radius (1)."""
    values = {e: _element(e)[kind] for e in shares}
    mean = sum(s * values[e] for e, s in shares.items()) / sum(shares.values())
    return mean, min(values.values()), max(values.values())


@cache
def _element(symbol: str) -> tuple[float, float]:
    """Pauling electronegativity, and Slater's atomic radius in Å."""
    from pymatgen.core import Element

    element = Element(symbol)
    x = float(element.X) if element.Z not in (2, 10, 18) else 3.0
    return x if np.isfinite(x) else 1.5, float(element.atomic_radius or 1.5)


@cache
def point_group(space_group: int) -> tuple[int, float]:
    """Number of rotations of a space group, and 1 if inversion is among them."""
    import spglib

    hall = next(h for h in range(1, 531) if spglib.get_spacegroup_type(h).number == space_group)
    rotations = {r.tobytes() for r in spglib.get_symmetry_from_database(hall)["rotations"]}
    inverse = (-np.eye(3)).astype(np.int32).tobytes()
    return len(rotations), float(inverse in rotations)
