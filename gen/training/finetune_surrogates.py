"""Extends the surrogates of a checkpoint by custom properties, and predicts these for the reference set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..atomic import write_atomic
from ..callbacks import ProgressCallback
from ..cell_limits import largest_cell
from ..data.dataset import OrbitDataset
from ..data.property_table import PropertyTable
from ..properties import Property, PropertySet
from ..surrogate.model_card import NAME as CARD
from ..surrogate.orbit_network import Member
from ..surrogate.orbit_surrogate import NAME as ORBIT_SURROGATE
from ..surrogate.orbit_surrogate import OrbitSurrogate
from ..surrogate.structure_surrogate import FILES, StructureSurrogate
from ..weight_files import load_weights, save_weights
from ..weight_folders import MODELS
from ..weight_header import scheme_of_weights
from .custom_property_card import card_row
from .finetune_settings import ReadoutSettings
from .readouts import (
    FittedReadout,
    fit_orbit_readouts,
    fit_structure_readout,
    orbit_features,
    structure_features,
    with_readouts,
)  # fmt: skip
from .ridge import Heads
from .training_labels import confident_predictions, reference_crystals, training_labels


def finetune_surrogates(
    source: Path, out: Path, rows: PropertyTable, custom: Sequence[Property], properties: PropertySet,
    settings: ReadoutSettings, limit: int, seed: int, watch: ProgressCallback,
) -> OrbitDataset:  # fmt: skip
    """Writes the surrogates of ``source``, extended by the properties ``custom``, and their card to the folder ``out``.

    Returns the labels for the skeleton model, with columns for ``properties``: the reference set (``limit`` of its
    crystals for training; 0: all) with predictions of the custom properties, marked as predicted, and the rows.
    """
    before = StructureSurrogate.load(source)
    surrogate = StructureSurrogate(
        before.networks, before.orbit_surrogate, before.card, before.properties.extended(custom)
    )
    normal = np.stack([p.normalise(rows.values[:, k]) for k, p in enumerate(custom)], 1)
    readouts = _extend_structure_networks(surrogate, rows, normal, settings, seed)
    card = dict(surrogate.card.known if surrogate.card else {})
    card |= {p.name: card_row(p, rows, k, [of[k] for of in readouts]) for k, p in enumerate(custom)}
    reference = reference_crystals(limit, seed, largest_cell(load_weights(source / MODELS[0])[1]))
    predictions = confident_predictions(surrogate, reference, card, settings.enough, watch)
    labels = training_labels(reference, predictions, rows, custom, properties)
    widths = [float(np.mean([of[k].width for of in readouts])) for k in range(len(custom))]
    orbits = surrogate.orbit_surrogate
    _extend_orbit_network(orbits, rows, normal, labels, custom, widths, settings, seed)
    for file, network in zip(sorted(source.glob(FILES)), surrogate.networks, strict=True):
        names, scheme = surrogate.properties.names, scheme_of_weights(file)
        save_weights(network, out / file.name, load_weights(file)[1], names, scheme)
    columns = orbits.properties.extended(custom).names
    file = source / ORBIT_SURROGATE
    save_weights(orbits.network, out / file.name, load_weights(file)[1], columns, scheme_of_weights(file))
    text = json.dumps({name: asdict(row) for name, row in card.items()}, indent=1, ensure_ascii=False)
    write_atomic(out / CARD, f"{text}\n".encode())
    return labels


def _extend_structure_networks(
    surrogate: StructureSurrogate, rows: PropertyTable, normal: NDArray[np.float64], settings: ReadoutSettings,
    seed: int,
) -> list[list[FittedReadout]]:  # fmt: skip
    """Adds readouts of normalised values (n, q) to each network; the readouts of each network, for each property."""
    features = [structure_features(network, rows.data) for network in surrogate.networks]
    fitted: list[list[FittedReadout]] = [[] for _ in features]
    for of_network, x in zip(fitted, features, strict=True):
        for y in normal.T:
            known = np.isfinite(y)
            of_network.append(fit_structure_readout(x[known], y[known], rows.groups[known], seed, settings.ridge))
    for network, x, of_network in zip(surrogate.networks, features, fitted, strict=True):
        network.own = with_readouts(network.own, x.shape[1], [(one.heads, one.width) for one in of_network])
    return fitted


def _extend_orbit_network(
    surrogate: OrbitSurrogate, rows: PropertyTable, normal: NDArray[np.float64], labels: OrbitDataset,
    custom: Sequence[Property], widths: Sequence[float], settings: ReadoutSettings, seed: int,
) -> None:  # fmt: skip
    """Adds readouts of the same properties to each member; ``widths`` are errors of the structure surrogate."""
    network = surrogate.network
    of_rows = orbit_features(network, rows.data)
    of_members: list[list[tuple[Heads, float]]] = [[] for _ in network.members]
    rng = np.random.default_rng(seed)
    for k, p in enumerate(custom):
        column = labels.names.index(p.name)
        usable = np.flatnonzero(labels.predicted[:, column])
        chosen = labels.take(np.sort(rng.choice(usable, min(settings.examples, len(usable)), replace=False)))
        known = np.isfinite(normal[:, k])
        heads, error = fit_orbit_readouts(
            [x[known] for x in of_rows], normal[known, k], orbit_features(network, chosen),
            p.normalise(chosen.properties[:, column]), rows.groups[known], widths[k], seed, settings.ridge,
            settings.row_weight,
        )  # fmt: skip
        for of_member, one in zip(of_members, heads, strict=True):
            of_member.append((one, error))
    for member, fitted in zip(network.members, of_members, strict=True):
        assert isinstance(member, Member)
        member.own = with_readouts(member.own, of_rows[0].shape[1], fitted)
