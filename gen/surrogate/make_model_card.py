"""Writes ``surrogates.json``: python -m electrolith.gen.surrogate.make_model_card [FOLDER [LABELLED]]

The validation split determines the shares of structure networks and orbit surrogate in the mixture, and the scale of
the spreads. Errors are those on the test split, which neither training nor this choice uses. ``LABELLED`` is the data
set of ``electrolith.prediction.make_training_set`` on which the skeleton model was trained: the card reports the number
of predictions in it beside the number of labels. Without it those numbers are taken from the card that is there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import SPLITS, OrbitDataset, reference_set
from ..elements import MAX_ELEMENT
from ..properties import SHIPPED, Property
from ..symmetry.orbits import Orbits
from ..weight_folders import DEFAULT_FOLDER
from .model_card import FEWEST, NAME, Known
from .orbit_inputs import OrbitInputs
from .structure_surrogate import StructureSurrogate

# measured values are in validators/transport/conductors.csv, and the density needs no model
LEFT_OUT = ("ionic_conductivity", "density")
MAX_ATOMS = 64  # in the primitive cells of the crystals that decide the card
DECADES = 4.0  # larger than any spread of the conductivity

Estimates = tuple[NDArray[np.float64], NDArray[np.float64]]


def usable_crystals(data: OrbitDataset, split: str) -> OrbitDataset:
    """Crystals of a split that decide the card."""
    return data.take((data.split == SPLITS.index(split)) & (data.n_atoms <= MAX_ATOMS) & (data.heaviest <= MAX_ELEMENT))


def predictions_of(surrogate: StructureSurrogate, orbits: Sequence[Orbits]) -> tuple[Estimates, Estimates]:
    """Normalised values and spreads (n, p) of the structure networks and of the orbit surrogate."""
    value, variance = surrogate.normalised(orbits)
    inputs = OrbitInputs.of_skeletons((o.space_group, o.positions, o.elements) for o in orbits)
    return (value, np.sqrt(variance)), surrogate.orbit_surrogate.normalised(inputs)


def mixed(both: tuple[Estimates, Estimates], share: float, k: int) -> Estimates:
    """Values and spreads (n,) of property k."""
    (value, spread), (base, base_spread) = both
    return share * value[:, k] + (1 - share) * base[:, k], share * spread[:, k] + (1 - share) * base_spread[:, k]


def cards_of(surrogate: StructureSurrogate, data: OrbitDataset) -> dict[str, Known]:
    """Card figures of each property that the surrogate was trained on."""
    train, val, test = (usable_crystals(data, split) for split in SPLITS[:3])
    of_val, of_test = (predictions_of(surrogate, list(x)) for x in (val, test))
    truth_val = SHIPPED.normalise(val.properties)
    cards = {}
    for k, p in enumerate(SHIPPED):
        if p.name in LEFT_OUT:
            continue
        rows = np.flatnonzero(np.isfinite(truth_val[:, k]))
        errors = {
            share: float(np.abs(mixed(of_val, share, k)[0] - truth_val[:, k])[rows].mean())
            for share in np.linspace(0, 1, 11).round(1).tolist()
        }
        share = min(errors, key=lambda s: errors[s])
        value, spread = mixed(of_val, share, k)
        scale = float(np.quantile((np.abs(value - truth_val[:, k]) / spread)[rows], 0.68))
        value, spread = mixed(of_test, share, k)
        cards[p.name] = _known(p, train, test, value, spread * scale, share, scale)
        print(f"{p.name}: share {share}, scale {scale:.2f}, error {cards[p.name].error}", flush=True)
    return cards


def _known(
    p: Property, train: OrbitDataset, test: OrbitDataset, value: NDArray[np.float64], spread: NDArray[np.float64],
    share: float, scale: float,
) -> Known:  # fmt: skip
    from ase.data import chemical_symbols
    from scipy.stats import spearmanr

    k = SHIPPED.column(p.name)
    truth, labels = test.properties[:, k], train.properties[:, k]
    rows = np.isfinite(truth) & ((truth > 0) | (not p.log))
    predicted = p.restore(value)
    error = np.abs(np.log10(predicted[rows] / truth[rows]) if p.log else predicted[rows] - truth[rows]).mean()
    labelled = np.flatnonzero(np.isfinite(labels))
    chosen = train.take(labelled)
    present = np.zeros((len(chosen), MAX_ELEMENT + 1), dtype=bool)
    present[chosen.owner, chosen.elements] = True
    elements = tuple(chemical_symbols[z] for z in np.flatnonzero(present.sum(0) >= FEWEST))
    low, high = (float(x) for x in np.quantile(labels[labelled], [0.01, 0.99]))
    usual = float(np.quantile(spread[rows], 0.99) * p.width)
    rank = float(spearmanr(value[rows], truth[rows]).statistic)
    kind = {"computed": len(labelled)}
    return Known(kind, low, high, float(error), rank, int(rows.sum()), share, scale, usual, elements)


def with_predicted(cards: dict[str, Known], labelled: OrbitDataset) -> dict[str, Known]:
    """The cards with the numbers of predictions in the training split; the conductivity has predictions only."""
    train = labelled.take(labelled.split == SPLITS.index("train"))
    out = dict(cards)
    for k, p in enumerate(SHIPPED):
        chosen = np.flatnonzero(train.predicted[:, k])
        if not len(chosen):
            continue
        low, high = (float(x) for x in np.quantile(train.properties[chosen, k], [0.01, 0.99]))
        card = cards.get(p.name, Known({}, low, high, None, None, 0, 1.0, 1.0, DECADES, ()))
        out[p.name] = replace(card, labels={**card.labels, "predicted": len(chosen)})
    return out


def with_predicted_before(cards: dict[str, Known], earlier: Mapping[str, Known]) -> dict[str, Known]:
    """The cards with the numbers of predictions on ``earlier`` cards; the skeleton model is as it was."""
    out = dict(cards)
    for name, before in earlier.items():
        if "predicted" in before.labels:
            card = cards.get(name, before)
            out[name] = replace(card, labels={**card.labels, "predicted": before.labels["predicted"]})
    return out


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER
    surrogate = StructureSurrogate.load(folder)
    cards = cards_of(surrogate, reference_set())
    if len(sys.argv) > 2:
        cards = with_predicted(cards, OrbitDataset.load(Path(sys.argv[2])))
    elif surrogate.card is not None:
        cards = with_predicted_before(cards, surrogate.card.known)
    record = {name: asdict(row) for name, row in cards.items()}
    (folder / NAME).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
