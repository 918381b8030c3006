"""Verification of proposals: relaxed by a potential, near the hull, of the same symmetry, new and distinct."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..gen.crystal import Crystal
from ..gen.data.build_dataset import build
from ..gen.data.convex_hull import hull_energy
from ..gen.data.dataset import SPLITS, OrbitDataset
from ..gen.reading.read_crystals import read_crystals
from ..io.csv_rows import csv_rows
from ..recipes.recipe import TIME, Recipe
from ..recipes.recipe_reader import find_recipe
from ..screening.screen_folder import TABLE

LONGEST = 1800  # s for one crystal
MAX_STEPS = 300  # of the optimiser


def verification_recipe(potential: str, limit: float) -> Recipe:
    """The recipe that verifies proposals; ``limit`` is the highest energy above the hull, eV/atom."""
    relaxation = {
        "check": "relaxation", "potential": potential, "keep_symmetry": True, "max_steps": MAX_STEPS,
        "unknown": "stop", TIME: LONGEST,
    }  # fmt: skip
    stability = {"check": "stability", "at_most": limit, "potential": potential, "unknown": "stop"}
    return find_recipe(
        {
            "name": "verification",
            "description": f"New crystals near the hull, relaxed with {potential}.",
            "checks": [{"check": "unique"}, relaxation, {"check": "novel"}, stability],
            "rank": [{"by": "stability", "order": "low"}],
        }
    )


def verified_crystals(folder: Path) -> OrbitDataset:
    """The survivors of a screening with that recipe, relaxed, with their computed energies, as training data."""
    found = build(_with_energies(folder), verify=False).dataset
    return replace(found, split=np.full(len(found), SPLITS.index("train")))


def _with_energies(folder: Path) -> Iterator[Crystal]:
    for row in csv_rows(folder / TABLE):
        if row["rank"]:
            height = float(row["stability_value"])
            for crystal in read_crystals(folder / row["file"]):
                if isinstance(crystal, Crystal):
                    numbers, counts = np.unique(crystal.atomic_numbers, return_counts=True)
                    composition = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
                    formation = height + hull_energy(composition)
                    yield crystal.with_info({"energy_above_hull": height, "formation_energy_per_atom": formation})
