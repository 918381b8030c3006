"""The search among crystals of one formula finds what StructureMatcher finds pair by pair, in the order of likeness."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from pymatgen.analysis.structure_matcher import StructureMatcher

from electrolith.gen.crystal import Crystal
from electrolith.gen.symmetry.orbits import primitive_cell
from electrolith.validators.structure.alignment import ANGLE_TOL, LTOL, STOL
from electrolith.validators.structure.matching import Comparable, comparable
from electrolith.validators.structure.structure_index import StructureIndex
from electrolith.validators.structure.unique import Unique

Named = Callable[[str], Crystal]
# prototypes by formula; shaken until about half of the pairs are the same
PROTOTYPES = {
    (40, 8): ("TiO2", "quartz"), (20, 22, 8): ("CaTiO3", "SrTiO3"), (11, 17): ("NaCl", "ZnS", "AlN"),
    (6,): ("Cu", "diamond"),
}  # fmt: skip
MATCHER = StructureMatcher(ltol=LTOL, stol=STOL, angle_tol=ANGLE_TOL)


def shaken(crystal: Crystal, elements: tuple[int, ...], seed: int) -> Crystal:
    """The primitive cell of a crystal with other elements, scaled, strained, and with its atoms moved."""
    random = np.random.default_rng(seed)
    cell = primitive_cell(crystal)
    numbers, counts = np.unique(cell.atomic_numbers, return_counts=True)
    new = dict(zip(numbers[np.argsort(counts, kind="stable")].tolist(), elements, strict=True))
    lattice = (1 + random.random()) * cell.lattice @ (np.eye(3) + 0.05 * random.normal(size=(3, 3)))
    moves = (
        0.1 * random.normal(size=(len(cell), 3)) @ np.linalg.inv(cell.lattice) * (cell.volume / len(cell)) ** (1 / 3)
    )
    return Crystal.of(lattice, cell.frac_coords + moves, [new[z] for z in cell.atomic_numbers.tolist()], str(seed))


@pytest.mark.parametrize("elements", PROTOTYPES, ids=str)
def test_a_search_finds_the_first_crystal_that_structure_matcher_finds(
    elements: tuple[int, ...], crystal_named: Named
) -> None:
    names = PROTOTYPES[elements]
    crystals = [Comparable(shaken(crystal_named(names[k % len(names)]), elements, k)) for k in range(14)]
    index, seen = StructureIndex(), 0
    for k, one in enumerate(crystals):
        as_large = [other for other in crystals[:k] if len(other.structure) == len(one.structure)]
        distance = [np.abs(one.fingerprint - other.fingerprint).mean() for other in as_large]
        order = [as_large[i] for i in np.argsort(distance, kind="stable")]
        same = [MATCHER.fit(one.structure, other.structure, skip_structure_reduction=True) for other in order]
        found = index.search(one)
        assert found.twin is (order[same.index(True)] if any(same) else None)
        assert found.compared == (same.index(True) + 1 if any(same) else len(order))
        seen += any(same)
        index.add(one)
    assert 0 < seen < len(crystals)


def test_a_limit_compares_with_the_most_similar_crystals_only(crystal_named: Named) -> None:
    unique = Unique(most_compared=2)
    for name in ("NaCl", "ZnS", "AlN"):
        unique.add(shaken(crystal_named(name), (11, 17), 0))
    caesium_chloride = Crystal.of(np.eye(3) * 3.5, [[0, 0, 0], [0.5, 0.5, 0.5]], [11, 17])
    verdict = unique.check(caesium_chloride)
    assert verdict.passed
    assert verdict.value == 2
    assert verdict.reason == "different from the 3 of its formula in this run"


def test_long_cells_are_compared_in_little_memory() -> None:
    """They are compared with all vectors of the other lattice up to their length: some 8,000 here."""
    one, other, third = (comparable(long_cell(seed)) for seed in range(3))
    index = StructureIndex()
    index.add(one)
    index.search(other)  # loads what a search needs
    tracemalloc.start()
    assert index.search(third).twin is None
    left, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50e6
    assert left < 1e6


def long_cell(seed: int) -> Crystal:
    """Sixteen atoms along the long axis of a cell, at random heights."""
    random = np.random.default_rng(seed)
    heights = np.cumsum(1 + 2 * random.random(16))
    coords = np.stack([np.zeros(16), np.zeros(16), heights / (heights[-1] + 2)], axis=1)
    return Crystal.of(np.diag([2.6, 2.6, 41.6]), coords, [3] * 16, str(seed))
