"""The surrogates of a checkpoint with properties of one's own, and what they say of the reference set."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..callbacks import ProgressCallback
from ..cell_limits import MAX_TRAINED_ATOMS
from ..data.dataset import SPLITS, OrbitDataset, reference_set
from ..data.property_table import PropertyTable
from ..elements import MAX_ELEMENT
from ..properties import SHIPPED, Property, PropertySet
from ..surrogate.model_card import FEWEST, Known
from ..surrogate.model_card import NAME as CARD
from ..surrogate.orbit_network import Member
from ..surrogate.orbit_surrogate import NAME as ON_ORBITS
from ..surrogate.orbit_surrogate import OrbitSurrogate
from ..surrogate.structure_surrogate import FILES, StructureSurrogate
from ..weight_files import load_weights, save_weights
from .readouts import Learnt, crystal_features, learn_crystals, learn_orbits, orbit_features, with_readouts
from .ridge import Heads

EXAMPLES = 8000  # crystals of the reference set that teach the surrogate on orbits
ENOUGH = 2000  # crystals of the reference set that are like the user's: then no others are taken
AT_ONCE = 500


def taught(
    source: Path, out: Path, rows: PropertyTable, own: Sequence[Property], properties: PropertySet, limit: int,
    seed: int,
    watch: ProgressCallback,
) -> OrbitDataset:  # fmt: skip
    """Writes the surrogates of ``source`` with more properties, ``own``, and their card, to the folder ``out``.

    Gives back what the skeleton model learns from, with columns for ``properties``, of which ``own`` are the last: the
    rows and the crystals of the reference set (``limit`` of those for training; 0: all), with predictions, marked so,
    of the properties that do not ship.
    """
    before = StructureSurrogate.load(source)
    surrogate = StructureSurrogate(
        before.networks, before.orbit_surrogate, before.card, before.properties.extended(own)
    )
    normal = np.stack([p.normalise(rows.values[:, k]) for k, p in enumerate(own)], 1)
    features = [crystal_features(network, rows.data) for network in surrogate.networks]
    learnt = [[_learnt(x, normal[:, k], rows.groups, seed) for k in range(len(own))] for x in features]
    for network, x, of_network in zip(surrogate.networks, features, learnt, strict=True):
        network.own = with_readouts(network.own, x.shape[1], [(one.heads, one.width) for one in of_network])
    known = {p.name: _known(p, rows, k, [of[k] for of in learnt]) for k, p in enumerate(own)}
    card = dict(surrogate.card.known if surrogate.card else {}) | known
    reference = _reference(limit, seed)
    said, clear = _predictions(surrogate, reference, card, watch)
    labels = _labels(reference, surrogate.properties, said, clear, rows, own, properties)
    orbits = surrogate.orbit_surrogate
    _teach_orbits(orbits, rows, normal, labels, own, learnt, seed)
    files = sorted(source.glob(FILES))
    for file, network in zip(files, surrogate.networks, strict=True):
        save_weights(network, out / file.name, load_weights(file)[1], surrogate.properties.names)
    save_weights(
        orbits.network, out / ON_ORBITS, load_weights(source / ON_ORBITS)[1], orbits.properties.extended(own).names
    )
    text = json.dumps({name: asdict(row) for name, row in card.items()}, indent=1, ensure_ascii=False)
    (out / CARD).write_text(text + "\n", encoding="utf-8")
    return labels


def _learnt(x: NDArray[np.float64], y: NDArray[np.float64], groups: NDArray[np.int64], seed: int) -> Learnt:
    rows = np.isfinite(y)
    return learn_crystals(x[rows], y[rows], groups[rows], seed)


def _known(p: Property, rows: PropertyTable, k: int, learnt: Sequence[Learnt]) -> Known:
    """What the card says of a property: errors for compositions that were left out."""
    from ase.data import chemical_symbols
    from scipy.stats import spearmanr

    labelled = np.isfinite(rows.values[:, k])
    truth = p.normalise(rows.values[labelled, k])
    found = np.mean([one.found for one in learnt], 0)
    spread = np.sqrt(np.mean([one.spread**2 for one in learnt], 0))
    scale = float(np.quantile(np.abs(found - truth) / spread, 0.68))
    chosen = rows.data.take(labelled)
    present = np.zeros((len(chosen), MAX_ELEMENT + 1), dtype=bool)
    present[chosen.owner, chosen.elements] = True
    return Known(
        labels={"given": int(labelled.sum())},
        low=p.low,
        high=p.high,
        error=float(np.abs(found - truth).mean() * p.width),
        rank=float(spearmanr(found, truth).statistic),
        rows=int(labelled.sum()),
        share=1.0,
        scale=scale,
        usual=float(np.quantile(spread, 0.99) * scale * p.width),
        elements=tuple(chemical_symbols[z] for z in np.flatnonzero(present.sum(0) >= FEWEST)),
    )


def _reference(limit: int, seed: int) -> OrbitDataset:
    """Crystals of the reference set for training, ``limit`` of them at most unless that is 0, and for validation."""
    data = reference_set()
    usable = (data.n_atoms <= MAX_TRAINED_ATOMS) & (data.heaviest <= MAX_ELEMENT)
    train, val = (np.flatnonzero(usable & (data.split == SPLITS.index(name))) for name in ("train", "val"))
    if limit and limit < len(train):
        rng = np.random.default_rng(seed)
        train = np.sort(rng.choice(train, limit, replace=False))
        val = np.sort(rng.choice(val, min(len(val), max(1, limit // 10)), replace=False))
    return data.take(np.concatenate([train, val]))


def _predictions(
    surrogate: StructureSurrogate,
    data: OrbitDataset,
    card: Mapping[str, Known],
    watch: ProgressCallback,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """All properties (n, p), normalised, and whether a prediction of one's own property is beyond doubt (n, p)."""
    parts: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for start in range(0, len(data), AT_ONCE):
        chosen = [data[i] for i in range(start, min(start + AT_ONCE, len(data)))]
        parts.append(surrogate.normalised(chosen))
        watch(start + len(chosen), len(data))
    values, spreads = np.concatenate([v for v, _ in parts]), np.sqrt(np.concatenate([v for _, v in parts]))
    clear = np.zeros(values.shape, dtype=bool)
    for k, p in enumerate(surrogate.properties):
        row = card.get(p.name)
        if row is not None:
            near = spreads[:, k] * row.scale * p.width <= row.usual
            clear[:, k] = near & ~_has_other_elements(data, row.elements)
            if clear[data.split == SPLITS.index("train"), k].sum() < ENOUGH:
                clear[:, k] = True
    return values, clear


def _has_other_elements(data: OrbitDataset, symbols: Sequence[str]) -> NDArray[np.bool_]:
    from ase.data import atomic_numbers

    known = np.zeros(MAX_ELEMENT + 1, dtype=bool)
    known[[atomic_numbers[symbol] for symbol in symbols]] = True
    return np.bincount(data.owner, weights=~known[data.elements], minlength=len(data)) > 0


def _labels(
    reference: OrbitDataset, predictable: PropertySet, said: NDArray[np.float64], clear: NDArray[np.bool_],
    rows: PropertyTable, own: Sequence[Property], every: PropertySet,
) -> OrbitDataset:  # fmt: skip
    """The reference set with predictions, marked so, where it has no label of one's own; and the user's rows."""
    known = reference.with_columns(every.names)
    for k, p in enumerate(predictable):
        if p.name not in SHIPPED.names:
            column = every.column(p.name)
            known.properties[:, column] = np.where(clear[:, k], p.restore(said[:, k]), np.nan)
            known.predicted[:, column] = clear[:, k]
    mine = np.full((len(rows.data), len(every)), np.nan)
    mine[:, [every.column(p.name) for p in own]] = rows.values
    train = np.full(len(rows.data), SPLITS.index("train"))
    users = replace(rows.data.with_columns(every.names), properties=mine, split=train)
    return OrbitDataset.joined([known, users])


def _teach_orbits(
    surrogate: OrbitSurrogate, rows: PropertyTable, normal: NDArray[np.float64], labels: OrbitDataset,
    own: Sequence[Property], learnt: Sequence[Sequence[Learnt]], seed: int,
) -> None:  # fmt: skip
    """Gives the surrogate on orbits the same properties."""
    network = surrogate.network
    of_rows = orbit_features(network, rows.data)
    of_members: list[list[tuple[Heads, float]]] = [[] for _ in network.members]
    rng = np.random.default_rng(seed)
    for k, p in enumerate(own):
        column = labels.names.index(p.name)
        usable = np.flatnonzero(labels.predicted[:, column])
        chosen = labels.take(np.sort(rng.choice(usable, min(EXAMPLES, len(usable)), replace=False)))
        known = np.isfinite(normal[:, k])
        width = float(np.mean([of[k].width for of in learnt]))
        heads, error = learn_orbits(
            [x[known] for x in of_rows], normal[known, k], orbit_features(network, chosen),
            p.normalise(chosen.properties[:, column]), rows.groups[known], width, seed,
        )  # fmt: skip
        for fits, one in zip(of_members, heads, strict=True):
            fits.append((one, error))
    for member, fitted in zip(network.members, of_members, strict=True):
        assert isinstance(member, Member)
        member.own = with_readouts(member.own, of_rows[0].shape[1], fitted)
