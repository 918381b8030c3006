"""Predictions of all surrogates for given crystals: value, spread, and doubt for crystals unlike the training data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..gen.crystal import Crystal
from ..gen.data.read_crystals import Unreadable
from ..gen.elements import LITHIUM, MAX_ELEMENT
from ..gen.properties import NON_NEGATIVE, OF_LITHIUM
from ..gen.surrogate.structure_surrogate import StructureSurrogate, folder_in_use, structure_surrogate_in
from ..gen.symmetry.orbits import NoOrbits, Orbits, orbits_of
from ..gen.weight_files import folder_of
from ..validators.mechanics.elasticity import poisson_ratio, young_modulus
from ..validators.transport.conductivity import Conductivity

MAX_ATOMS = 400  # in the primitive cell
ELASTIC = {"youngs_modulus": "GPa", "poisson_ratio": "", "pugh_ratio": ""}  # name → unit; isotropic, from K and G


@dataclass(frozen=True)
class Value:
    """A prediction.

    symbol  meaning                                                         unit
    value   predicted value                                                 that of the property
    spread  standard uncertainty                                            that of the property; decades if logarithmic
    doubt   why the crystal is unlike the training data; empty if it is not
    """

    value: float
    spread: float
    doubt: str = ""


@dataclass(frozen=True)
class Predicted:
    """Predictions for one crystal, by name of the property; ``reason`` says why there are none."""

    id: str
    formula: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    reason: str = ""


def predict(crystals: Sequence[Crystal | Unreadable], checkpoint: str | Path = "default") -> list[Predicted]:
    """Predictions of the surrogates of a checkpoint, in the order of the crystals.

    Raises ``UserError`` when the weights are missing.
    """
    surrogate = surrogate_of(checkpoint)
    orbits_or_reasons: list[Orbits | str] = [_orbits_or_reason(crystal) for crystal in crystals]
    found = surrogate.predict([o for o in orbits_or_reasons if isinstance(o, Orbits)])
    card, row, predictions = surrogate.card, 0, []
    for place, (crystal, orbits) in enumerate(zip(crystals, orbits_or_reasons, strict=True)):
        name = crystal.name or f"crystal-{place + 1}"
        if isinstance(crystal, Unreadable) or isinstance(orbits, str):
            formula = crystal.formula if isinstance(crystal, Crystal) and crystal.is_finite else ""
            predictions.append(Predicted(name, formula, reason=str(orbits)))
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
        predictions.append(Predicted(name, crystal.formula, values | _elastic(values) | _conductivity(crystal)))
        row += 1
    return predictions


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
    if orbits.n_atoms > MAX_ATOMS:
        return f"{orbits.n_atoms} atoms in the primitive cell, more than {MAX_ATOMS}"
    return orbits


def _elastic(values: dict[str, Value]) -> dict[str, Value]:
    """Young's modulus, Poisson's ratio and Pugh's ratio K/G; the errors of K and G are taken as independent."""
    if "bulk_modulus" not in values or "shear_modulus" not in values:
        return {}
    bulk, shear = values["bulk_modulus"], values["shear_modulus"]
    k, g = bulk.value, shear.value
    dk, dg = (x.value * math.log(10) * x.spread for x in (bulk, shear))
    doubt = bulk.doubt or shear.doubt
    young = young_modulus(k, g)
    slope_k, slope_g = young * (1 / k - 3 / (3 * k + g)), young * (1 / g - 1 / (3 * k + g))
    turn = 18 / (6 * k + 2 * g) ** 2
    return {
        "youngs_modulus": Value(young, math.hypot(slope_k * dk, slope_g * dg), doubt),
        "poisson_ratio": Value(poisson_ratio(k, g), turn * math.hypot(g * dk, k * dg), doubt),
        "pugh_ratio": Value(k / g, k / g * math.hypot(dk / k, dg / g), doubt),
    }


def _conductivity(crystal: Crystal) -> dict[str, Value]:
    """The estimate of the check ``conductivity``."""
    if not (crystal.atomic_numbers == LITHIUM).any():
        return {}
    verdict = Conductivity().check(crystal)
    if verdict.value is None or verdict.spread is None:
        return {}
    return {"ionic_conductivity": Value(10**verdict.value, verdict.spread, verdict.doubt)}
