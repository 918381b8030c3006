"""The models that ``electrolith order`` and ``dope`` write: the orderings of one input, with their rows and CIFs."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..gen.crystal import Crystal
from ..gen.reading.part import Entry
from .model_folder import Made, model_cif
from .model_request import Item
from .order_options import OrderOptions
from .orderings import NoOrderings, Ordering, Orderings, order

COLUMNS = (
    "formula", "atoms", "ewald (eV/atom)", "predicted above hull (eV/atom)", "energy (eV/atom)", "above best (eV/atom)",
    "spread of energies (eV/atom)", "ways", "distinct", "largest change of a share",
)  # fmt: skip


@dataclass(frozen=True)
class OrderModels:
    """The job: the ordered models of one input, after a ``change`` of it, such as doping."""

    options: OrderOptions
    change: Callable[[Entry], Entry] | None = None

    def __call__(self, item: Item) -> Made:
        """The models, or the reason why there are none."""
        entry = item.entry if self.change is None else self.change(item.entry)
        if isinstance(entry, Crystal):
            remarks = (*entry.remarks, "It is ordered already.")
            row = {"formula": entry.formula, "atoms": len(entry), "ways": 1, "distinct": 1}
            return Made(item.place, item.id, (row,), (model_cif(entry, remarks),), "", remarks, entry.source)
        if entry.disordered is None:
            return Made(item.place, item.id, reason=entry.reason, source=entry.source)
        try:
            found = order(entry.disordered, self.options)
        except NoOrderings as error:
            remarks = entry.disordered.remarks
            return Made(item.place, item.id, reason=str(error), remarks=remarks, source=entry.source)
        cifs = tuple(model_cif(one.crystal, _comments(one, found)) for one in found.models)
        return Made(item.place, item.id, tuple(_rows(found)), cifs, "", found.remarks, entry.source)


def _rows(found: Orderings) -> list[dict[str, Any]]:
    energies = [energy_of(one) for one in found.models]
    known = [energy for energy in energies if energy is not None]
    spread = f"{statistics.pstdev(known):.5f}" if len(known) > 1 else ""
    best = min(known, default=0.0)
    return [
        dict(
            zip(
                COLUMNS,
                (
                    one.crystal.formula, len(one.crystal), _digits(one.ewald), _digits(one.predicted),
                    _digits(one.energy), "" if energy is None else _digits(energy - best), spread, found.ways,
                    "" if found.distinct is None else found.distinct, f"{found.deviation:.3f}",
                ),
                strict=True,
            )
        )
        for one, energy in zip(found.models, energies, strict=True)
    ]  # fmt: skip


def energy_of(one: Ordering) -> float | None:
    """The best energy that is known of a model: of the potential, else above the hull as predicted, eV/atom."""
    return one.predicted if one.energy is None else one.energy


def _comments(one: Ordering, found: Orderings) -> list[str]:
    parts = [f"Ewald {one.ewald:.4f} eV/atom"]
    if one.energy is not None:
        parts.append(f"potential {one.energy:.5f} eV/atom")
    sampled = "sampled" if found.distinct is None else f"{found.distinct} distinct"
    return [f"ordered model by electrolith: {', '.join(parts)}; {found.ways} ways, {sampled}", *found.remarks]


def _digits(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}"
