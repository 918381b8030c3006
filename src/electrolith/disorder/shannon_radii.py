"""Ionic radii after Shannon (Acta Cryst. A 32, 751, 1976), from the table that pymatgen ships."""

from __future__ import annotations

from functools import lru_cache

NUMERALS = "I II III IV V VI VII VIII IX X XI XII XIII XIV"
ROMAN = {numeral: k for k, numeral in enumerate(NUMERALS.split(), start=1)}


@lru_cache(maxsize=4096)
def shannon_radius(z: int, charge: int, neighbours: int) -> float | None:
    """Ionic radius, Å, at the tabulated number of neighbours that is nearest; None for an ion without a radius.

    Of the spin states of a number of neighbours, the one of the largest radius: high spin.
    """
    from pymatgen.core import Element

    table = Element.from_Z(z).data.get("Shannon radii", {}).get(str(charge), {})
    by_number = {ROMAN[name.rstrip("PSQY")]: spins for name, spins in table.items() if name.rstrip("PSQY") in ROMAN}
    if not by_number:
        return None
    nearest = min(by_number, key=lambda number: (abs(number - neighbours), number))
    return max(float(radii["ionic_radius"]) for radii in by_number[nearest].values())


@lru_cache(maxsize=256)
def ions_of_charge(charge: int) -> tuple[int, ...]:
    """Atomic numbers of the elements that have this oxidation state in the ICSD, without those that only decay."""
    from pymatgen.core import Element

    stable = [z for z in range(1, 93) if z not in (43, 61) and not 84 <= z <= 89]
    return tuple(z for z in stable if charge in Element.from_Z(z).icsd_oxidation_states)
