"""Predictions of all surrogates for given crystals: value, spread, and doubt for crystals unlike the training data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..gen.cell_limits import MAX_PREDICTED_ATOMS
from ..gen.crystal import Crystal
from ..gen.elements import LITHIUM, MAX_ELEMENT
from ..gen.errors import UserError, shown
from ..gen.properties import NON_NEGATIVE, OF_LITHIUM
from ..gen.reading.read_crystals import Unreadable
from ..gen.surrogate.structure_surrogate import StructureSurrogate, folder_in_use, structure_surrogate_in
from ..gen.symmetry.orbits import NoOrbits, Orbits, orbits_of
from ..gen.weight_folders import folder_of
from ..validators.transport.conductivity import Conductivity
from .elastic_constants import ELASTIC, elastic_constants
from .predicted_value import Value

__all__ = ["ELASTIC", "Predicted", "Value", "predict", "surrogate_of", "units"]


@dataclass(frozen=True)
class Predicted:
    """Predictions for one crystal, by name of the property.

    ``reason`` says why there are none; ``remarks`` are those of the reader of the crystal, ``source`` is the file that
    it was read from, and its place in it.
    """

    id: str
    formula: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    reason: str = ""
    remarks: str = ""
    source: str = ""


def predict(crystals: Sequence[Crystal | Unreadable], checkpoint: str | Path = "default") -> list[Predicted]:
    """Predictions of the surrogates of a checkpoint, in the order of the crystals.

    Raises ``UserError`` when the weights are missing, and for anything that is not a crystal.
    """
    for one in crystals:
        if not isinstance(one, Crystal | Unreadable):
            raise UserError(f"{shown(one)} is not a crystal: give Crystals, e.g. those of a run or of read_crystals.")
    surrogate = surrogate_of(checkpoint)
    orbits_or_reasons: list[Orbits | str] = [_orbits_or_reason(crystal) for crystal in crystals]
    readable = [orbits for orbits in orbits_or_reasons if isinstance(orbits, Orbits)]
    unpredicted = [_unpredicted(crystal, place) for place, crystal in enumerate(crystals, start=1)]
    if not readable:
        return [replace(blank, reason=str(why)) for blank, why in zip(unpredicted, orbits_or_reasons, strict=True)]
    found = surrogate.predict(readable)
    card, row, predictions = surrogate.card, 0, []
    for crystal, orbits, blank in zip(crystals, orbits_or_reasons, unpredicted, strict=True):
        if isinstance(crystal, Unreadable) or isinstance(orbits, str):
            predictions.append(replace(blank, reason=str(orbits)))
            continue
        symbols = {element.symbol for element in crystal.composition}
        values = {}
        for k, p in enumerate(found.properties):
            value, spread = float(found.values[row, k]), float(found.spreads[row, k])
            if p.name == "ionic_conductivity" or (p.name in OF_LITHIUM and "Li" not in symbols) or math.isnan(value):
                continue
            known = card.known.get(p.name) if card else None
            value = max(value, 0.0) if p.name in NON_NEGATIVE else value
            values[p.name] = Value(value, spread, known.doubt(symbols, spread) if known else "")
        predictions.append(replace(blank, values=values | elastic_constants(values) | _conductivity(crystal)))
        row += 1
    return predictions


def _unpredicted(crystal: Crystal | Unreadable, number: int) -> Predicted:
    name = crystal.name or f"crystal-{number}"
    if isinstance(crystal, Unreadable):
        return Predicted(name, source=crystal.source)
    formula = crystal.formula if crystal.is_finite else ""
    return Predicted(name, formula, remarks="; ".join(crystal.remarks), source=crystal.source)


def surrogate_of(checkpoint: str | Path) -> StructureSurrogate:
    """The surrogate of a checkpoint, or that of the package if it has none; raises ``UserError``."""
    return structure_surrogate_in(folder_in_use(folder_of(checkpoint)))


def units(checkpoint: str | Path = "default") -> dict[str, str]:
    """Name → unit of every predicted property."""
    return {p.name: p.unit for p in surrogate_of(checkpoint).properties} | ELASTIC


def _orbits_or_reason(crystal: Crystal | Unreadable) -> Orbits | str:
    if isinstance(crystal, Unreadable):
        return crystal.reason
    if not len(crystal):
        return "it has no atoms"
    if crystal.atomic_numbers.max() > MAX_ELEMENT:
        return f"the surrogates know elements up to atomic number {MAX_ELEMENT}"
    try:
        orbits = orbits_of(crystal)
    except NoOrbits as error:
        return str(error)
    if orbits.n_atoms > MAX_PREDICTED_ATOMS:
        return f"{orbits.n_atoms} atoms in the primitive cell, more than {MAX_PREDICTED_ATOMS}"
    return orbits


def _conductivity(crystal: Crystal) -> dict[str, Value]:
    """The estimate of the check ``conductivity``."""
    if not (crystal.atomic_numbers == LITHIUM).any():
        return {}
    verdict = Conductivity().check(crystal)
    if verdict.value is None or verdict.spread is None:
        return {}
    return {"ionic_conductivity": Value(10**verdict.value, verdict.spread, verdict.doubt)}
