"""Doping: a share of an element replaced by another, and an element that makes up for the charge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ase.data import chemical_symbols

from ..gen.disordered_crystal import DisorderedCrystal
from ..gen.errors import UserError
from ..gen.reading.part import Entry
from ..gen.reading.unreadable import disordered_entry
from .average_cell import average_cell
from .formal_charges import NoCharges, formal_charges
from .interstitials import with_interstitials
from .places import as_places
from .substituting import Substitution, nearest_state


@dataclass(frozen=True)
class Doping:
    """Substitutions, and the element that makes up for their charge (None: none does)."""

    substitutions: tuple[Substitution, ...]
    compensate: int | None = None

    def __call__(self, entry: Entry) -> Entry:
        """The doped crystal as a disordered entry. Raises ``UserError`` where it cannot be doped so."""
        return disordered_entry(self.doped(as_places(entry)))

    def doped(self, host: DisorderedCrystal) -> DisorderedCrystal:
        """The doped crystal. Raises ``UserError`` for an element that is not there, and a charge that stays."""
        try:
            charges = dict(formal_charges(host.counts).of)
        except NoCharges as error:
            raise UserError(f"{host.formula} has no formal charges: {error}.") from error
        shares = [dict(share) for share in host.shares]
        for one in self.substitutions:
            if not any(one.of in share for share in host.shares):
                listed = ", ".join(chemical_symbols[z] for z in sorted(host.counts))
                absent = chemical_symbols[one.of]
                raise UserError(f"no site holds {absent} in {host.formula}: its elements are {listed}.")
            charges.setdefault(one.by, nearest_state(one.by, charges[one.of]))
            for share in shares:
                moved = one.share * share.get(one.of, 0.0)
                if moved:
                    share[one.of] -= moved
                    share[one.by] = share.get(one.by, 0.0) + moved
        shares = [{z: part for z, part in share.items() if part > 1e-9} for share in shares]
        doped = replace(host, shares=tuple(shares))
        before = sum(n * charges[z] for z, n in host.counts.items())
        left = sum(n * charges[z] for z, n in doped.counts.items()) - before
        if abs(left) < 1e-6:
            return doped
        if self.compensate is None:
            raise UserError(f"the substitution leaves the charge {left:+.3g}: name an element to --compensate.")
        return self._compensated(doped, left, charges)

    def _compensated(self, doped: DisorderedCrystal, left: float, charges: Mapping[int, float]) -> DisorderedCrystal:
        z = self.compensate
        assert z is not None
        symbol, there = chemical_symbols[z], doped.counts.get(z, 0.0)
        if not there:
            raise UserError(f"no site holds {symbol} in {doped.formula}, so that the charge {left:+.3g} is left.")
        change = -left / charges[z]
        if change < 0:
            if there + change < -1e-6:
                raise UserError(
                    f"the charge {left:+.3g} needs {-change:.3g} {symbol} less, but the cell holds {there:.3g}: "
                    "substitute a smaller share."
                )
            return _scaled(doped, z, 1 + change / there)
        room = sum(1.0 - sum(share.values()) for share in doped.shares if z in share)
        if change <= room + 1e-6:
            return _filled(doped, z, change / room)
        full = _filled(doped, z, 1.0) if room > 1e-6 else doped
        return with_interstitials(full, average_cell(full), z, change - max(room, 0.0), charges)


def _scaled(crystal: DisorderedCrystal, z: int, factor: float) -> DisorderedCrystal:
    shares = tuple({k: n * factor if k == z else n for k, n in share.items()} for share in crystal.shares)
    return replace(crystal, shares=shares)


def _filled(crystal: DisorderedCrystal, z: int, part: float) -> DisorderedCrystal:
    """The crystal with this part of the vacancies on the sites of an element filled by it."""
    shares = []
    for share in crystal.shares:
        more = part * (1.0 - sum(share.values())) if z in share else 0.0
        shares.append({k: n + more if k == z else n for k, n in share.items()})
    return replace(crystal, shares=tuple(shares))
