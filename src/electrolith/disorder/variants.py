"""Variants of a crystal: its sites and symmetry with other ions of the same charge and about the same radius.

The cell is scaled by the mean change of the ionic radii (Shannon), so that bonds keep their relation to the radii.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations, product

from ase.data import chemical_symbols

from ..gen.crystal import Crystal
from ..gen.disordered_crystal import DisorderedCrystal
from ..gen.errors import UserError
from .disordered_cif import disordered_cif
from .formal_charges import NoCharges, formal_charges
from .model_folder import Made, model_cif
from .model_request import Item
from .places import as_places, neighbours_of_elements
from .shannon_radii import ions_of_charge, shannon_radius

COLUMNS = ("formula", "exchange", "atoms", "largest change of a radius (%)", "scale of the cell")


@dataclass(frozen=True)
class Exchange:
    """Elements that replace others (atomic numbers), and the relative change of each radius."""

    by: Mapping[int, int]
    changes: Mapping[int, float]

    @property
    def text(self) -> str:
        """Such as ``Zr→Hf, S→Se``."""
        return ", ".join(f"{chemical_symbols[a]}→{chemical_symbols[b]}" for a, b in self.by.items())

    @property
    def largest(self) -> float:
        """The largest relative change of a radius."""
        return max(abs(change) for change in self.changes.values())


@dataclass(frozen=True)
class VariantModels:
    """The job: the variants of one input.

    symbol     meaning
    tolerance  largest relative change of a radius
    at_once    most elements that are exchanged at once
    most       most variants, those of the smallest changes first
    exchange   elements to exchange; empty: all
    keep       elements that stay, and are not used
    """

    tolerance: float = 0.15
    at_once: int = 1
    most: int = 100
    exchange: tuple[int, ...] = ()
    keep: tuple[int, ...] = ()

    def __call__(self, item: Item) -> Made:
        """The variants, or the reason why there are none. Raises ``UserError`` for an ion that has no radius."""
        crystal = as_places(item.entry)
        try:
            charges = formal_charges(crystal.counts)
        except NoCharges as error:
            return Made(item.place, item.id, reason=str(error), source=crystal.source)
        radii, remarks = self._radii(crystal, charges.of)
        exchanges = self._exchanges(crystal, charges.of, radii)
        if not exchanges:
            reason = f"no other ion has the charge and the radius of one of its ions within {100 * self.tolerance:g} %"
            return Made(item.place, item.id, reason=reason, remarks=tuple(remarks), source=crystal.source)
        rows, cifs = [], []
        is_ordered = isinstance(item.entry, Crystal)
        for number, one in enumerate(exchanges, start=1):
            made, scale = exchanged_crystal(crystal, one, radii, f"{item.id}-{number}")
            comment = [f"variant by electrolith of {crystal.name}: {one.text}"]
            formula = _ordered(made).formula if is_ordered else made.formula
            values = (formula, one.text, f"{sum(made.counts.values()):g}", f"{100 * one.largest:.1f}", f"{scale:.4f}")
            rows.append(dict(zip(COLUMNS, values, strict=True)))
            cifs.append(model_cif(_ordered(made), comment) if is_ordered else disordered_cif(made, comment))
        return Made(item.place, item.id, tuple(rows), tuple(cifs), "", (*crystal.remarks, *remarks), crystal.source)

    def _radii(self, crystal: DisorderedCrystal, charges: Mapping[int, float]) -> tuple[dict[int, float], list[str]]:
        """Radii of the ions, Å; ions without one stay, with a remark."""
        around = neighbours_of_elements(crystal, charges)
        radii, remarks = {}, []
        for z, q in charges.items():
            radius = shannon_radius(z, round(q), around[z]) if abs(q - round(q)) < 1e-6 else None
            if radius is not None:
                radii[z] = radius
            elif z in self.exchange:
                raise UserError(f"the ion {chemical_symbols[z]}{q:+g} has no Shannon radius: it cannot be exchanged.")
            else:
                remarks.append(f"The ion {chemical_symbols[z]}{q:+g} has no Shannon radius and stays.")
        if absent := [chemical_symbols[z] for z in self.exchange if z not in charges]:
            raise UserError(f"no site holds {absent[0]} in {crystal.formula}.")
        return radii, remarks

    def _exchanges(
        self, crystal: DisorderedCrystal, charges: Mapping[int, float], radii: Mapping[int, float]
    ) -> list[Exchange]:
        """All exchanges within the tolerance, those of the smallest change of a radius first."""
        around = neighbours_of_elements(crystal, charges)
        options: dict[int, list[tuple[int, float]]] = {}
        for z, radius in radii.items():
            if z in self.keep or (self.exchange and z not in self.exchange):
                continue
            for other in ions_of_charge(round(charges[z])):
                theirs = shannon_radius(other, round(charges[z]), around[z])
                if theirs is None or other in charges or other in self.keep:
                    continue
                if abs(theirs / radius - 1) <= self.tolerance:
                    options.setdefault(z, []).append((other, theirs / radius - 1))
        found = []
        for number in range(1, self.at_once + 1):
            for chosen in combinations(options, number):
                for others in product(*(options[z] for z in chosen)):
                    if len({other for other, _ in others}) == number:
                        by = {z: other for z, (other, _) in zip(chosen, others, strict=True)}
                        found.append(Exchange(by, {z: change for z, (_, change) in zip(chosen, others, strict=True)}))
        return sorted(found, key=lambda one: (len(one.by), one.largest))[: self.most]


def exchanged_crystal(
    crystal: DisorderedCrystal, exchange: Exchange, radii: Mapping[int, float], name: str
) -> tuple[DisorderedCrystal, float]:
    """The crystal with other ions in a scaled cell, and the scale of its edges."""
    counts = crystal.counts
    before = sum(counts[z] * radius for z, radius in radii.items())
    after = sum(counts[z] * radius * (1 + exchange.changes.get(z, 0.0)) for z, radius in radii.items())
    shares = tuple({exchange.by.get(z, z): n for z, n in share.items()} for share in crystal.shares)
    scale = after / before
    return replace(crystal, lattice=crystal.lattice * scale, shares=shares, name=name), scale


def _ordered(crystal: DisorderedCrystal) -> Crystal:
    numbers = [next(iter(share)) for share in crystal.shares]
    return Crystal.of(crystal.lattice, crystal.frac_coords, numbers, crystal.name)
