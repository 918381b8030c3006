"""Baseline without a model: known crystals that have the requested properties, with one element substituted.

The output is a folder like that of ``electrolith generate``, for ``electrolith evaluate --targets``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..conditioners.property_target import PropertyTarget
from ..conditioners.targets import Targets
from ..gen.atomic import write_atomic
from ..gen.data.dataset import SPLITS, OrbitDataset, reference_set
from ..gen.errors import UserError
from ..gen.symmetry.orbits import Orbits, crystal_of
from ..gen.yaml_schema import yaml_text
from ..io.cif_writer import cif_text
from ..io.csv_rows import csv_text
from ..validators.chemistry.smact_validity import SmactValidity
from ..validators.structure.distances import Distances
from ..validators.structure.novel import Novel
from .requested import RUN, SPACE_GROUP
from .run_rows import ID, TABLE
from .substitution import possible_substitutions, substituted


@dataclass(frozen=True)
class SubstitutedCrystal:
    """Orbits derived from a known crystal.

    symbol    meaning
    source    name of the known crystal
    exchange  the substitution, e.g. ``Na for Li``
    """

    orbits: Orbits
    source: str
    exchange: str


def substitute_known(
    targets: Targets, n: int, seed: int = 0, known: OrbitDataset | None = None
) -> list[SubstitutedCrystal]:
    """At most ``n`` crystals derived from crystals of the training split that have the properties, in random order.

    Each known crystal gives at most one. It is not in the reference set, meets the hard targets, and has balanced
    charges and usual distances. Raises ``UserError`` when there is none.
    """
    known = known or reference_set()
    order = np.random.default_rng(seed).permutation(np.flatnonzero(_meets_targets(known, targets)))
    novel = Novel(known)
    crystals: list[SubstitutedCrystal] = []
    for index in order.tolist():
        first = next(_acceptable(known[index], str(known.ids[index]), targets, novel), None)
        crystals += [] if first is None else [first]
        if len(crystals) == n:
            break
    if not crystals:
        raise UserError("no known crystal of the training split has these properties and allows a substitution.")
    return crystals


def _meets_targets(known: OrbitDataset, targets: Targets) -> NDArray[np.bool_]:
    constraints = targets.constraints()
    able = (known.split == SPLITS.index("train")) & (known.n_atoms <= constraints.max_atoms)
    if constraints.space_groups:
        able &= np.isin(known.space_group, constraints.space_groups)
    for condition in targets.conditions:
        if isinstance(condition, PropertyTarget):
            values, accepted = known.property(condition.name), condition.accepted
            able &= (values >= accepted.low) & (values <= accepted.high)  # false where unknown
    return able


def _acceptable(orbits: Orbits, source: str, targets: Targets, novel: Novel) -> Iterator[SubstitutedCrystal]:
    from ase.data import chemical_symbols

    constraints = targets.constraints()
    for old, new in possible_substitutions(orbits):
        changed = substituted(orbits, old, new)
        elements = frozenset(changed.elements.tolist())
        if not constraints.required <= elements or not elements <= (constraints.allowed or elements):
            continue
        crystal = crystal_of(changed, source, primitive=True)
        if all(check.check(crystal).passed for check in (SmactValidity(), Distances(), novel)):
            yield SubstitutedCrystal(changed, source, f"{chemical_symbols[new]} for {chemical_symbols[old]}")


def write_substituted(path: str | Path, targets: Targets, n: int, seed: int = 0) -> int:
    """Writes the crystals of ``substitute_known`` as a folder; returns their number."""
    path = Path(path)
    (path / "cifs").mkdir(parents=True, exist_ok=True)
    rows: list[list[object]] = [[ID, "formula", SPACE_GROUP, "source", "exchange"]]
    crystals = substitute_known(targets, n, seed)
    for number, one in enumerate(crystals):
        name = f"retrieved_{number:06d}"
        text = cif_text(one.orbits, name, [f"{one.source} of the reference set, {one.exchange}; not relaxed"])
        write_atomic(path / "cifs" / f"{name}.cif", text.encode())
        formula = crystal_of(one.orbits, primitive=True).formula
        rows.append([name, formula, one.orbits.space_group, one.source, one.exchange])
    write_atomic(path / TABLE, csv_text(rows).encode())
    record = {"settings": {"n": n, "seed": seed, "targets": targets.as_mapping()}, "made_by": "retrieval"}
    write_atomic(path / RUN, yaml_text(record).encode())
    return len(crystals)
