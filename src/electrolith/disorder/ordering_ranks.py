"""The ranking of orderings: by Ewald energy, by the structure surrogate, and the best of both by a potential."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from ..gen.cell_limits import MAX_PREDICTED_ATOMS
from ..gen.crystal import Crystal
from ..gen.elements import MAX_ELEMENT
from ..gen.surrogate.structure_surrogate import default_structure_surrogate
from ..gen.symmetry.orbits import NoOrbits, Orbits, orbits_of
from ..gen.symmetry.space_group_search import STRICT_SYMPREC
from ..gen.threads import one_thread
from ..validators.relaxation.potential_energy import energy_per_atom, unphysical
from ..validators.relaxation.potentials import CHGNET, calculator, strange_elements
from .order_options import NONE, OrderOptions

HEIGHT = "energy_above_hull"


@dataclass(frozen=True, eq=False)
class Ordering:
    """An ordered model.

    symbol     meaning                                                        unit
    crystal    the model
    ewald      Ewald energy with formal charges                               eV/atom
    predicted  energy above the hull by the surrogate; None: not predicted    eV/atom
    energy     energy with the potential, not relaxed; None: not computed     eV/atom
    """

    crystal: Crystal
    ewald: float
    predicted: float | None = None
    energy: float | None = None


def ranked_orderings(crystals: Sequence[Crystal], ewald: Sequence[float], options: OrderOptions) -> list[Ordering]:
    """The ``options.orderings`` best models of crystals that are in order of their Ewald energy (eV/atom)."""
    physical = [k for k, crystal in enumerate(crystals) if not unphysical(crystal)]
    predicted = predicted_heights([crystals[k] for k in physical])
    models = [Ordering(crystals[k], ewald[k], height) for k, height in zip(physical, predicted, strict=True)]
    chosen = chosen_for_potential(models, max(options.evaluated, options.orderings))
    if options.potential == NONE or not chosen or strange_elements(chosen[0].crystal, options.potential):
        return chosen[: options.orderings]
    energies = static_energies([one.crystal for one in chosen], options.potential)
    evaluated = [
        Ordering(one.crystal, one.ewald, one.predicted, None if math.isnan(energy) else energy)
        for one, energy in zip(chosen, energies, strict=True)
    ]
    evaluated.sort(key=lambda one: math.inf if one.energy is None else one.energy)
    return evaluated[: options.orderings]


def chosen_for_potential(models: Sequence[Ordering], most: int) -> list[Ordering]:
    """The models of lowest Ewald energy and, as every third one, of lowest predicted energy."""
    by_ewald = sorted(range(len(models)), key=lambda k: models[k].ewald)
    predicted = [math.inf if one.predicted is None else one.predicted for one in models]
    by_prediction = iter(sorted(range(len(models)), key=lambda k: predicted[k]))
    order: dict[int, None] = {}
    for rank, k in enumerate(by_ewald):
        order.setdefault(k)
        if rank % 2:
            order.setdefault(next(by_prediction))
    return [models[k] for k in order][:most]


def predicted_heights(crystals: Sequence[Crystal]) -> list[float | None]:
    """Energies above the hull by the structure surrogate, eV/atom; None where it cannot be asked."""
    found: list[Orbits | None] = []
    for crystal in crystals:
        known = len(crystal) <= MAX_PREDICTED_ATOMS and crystal.atomic_numbers.max() <= MAX_ELEMENT
        try:
            found.append(orbits_of(crystal, STRICT_SYMPREC) if known else None)
        except NoOrbits:
            found.append(None)
    asked = [orbits for orbits in found if orbits is not None]
    if not asked:
        return [None] * len(crystals)
    with one_thread("cpu"):
        predictions = default_structure_surrogate().predict(asked)
    heights = iter(predictions.values[:, predictions.properties.column(HEIGHT)].tolist())
    return [None if orbits is None else float(next(heights)) for orbits in found]


def static_energies(crystals: Sequence[Crystal], potential: str) -> list[float]:
    """Energies of crystals as they are, eV/atom; NaN for an unphysical one. Raises ``UserError`` without the potential.

    CHGNet is asked for energies alone, which takes a third of the time of its forces and stresses.
    """
    if potential != CHGNET:
        return [energy_per_atom(crystal, potential) for crystal in crystals]
    model = calculator(potential).model
    with warnings.catch_warnings(), one_thread("cpu"):
        warnings.simplefilter("ignore")
        return [
            math.nan if unphysical(crystal) else float(model.predict_structure(crystal.structure, task="e")["e"])
            for crystal in crystals
        ]
