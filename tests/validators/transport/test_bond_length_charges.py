"""Oxidation states by bond lengths: the most probable neutral ones, at once also without symmetry."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from pymatgen.analysis.bond_valence import BVAnalyzer

from electrolith.gen.crystal import Crystal
from electrolith.validators.transport.bond_length_charges import (
    FORBIDDEN,
    LEAST,
    most_probable,
    with_bond_length_charges,
)


@pytest.mark.parametrize("name", ["NaCl", "CaTiO3", "Li6PS5Cl"])
def test_states_are_those_of_the_search_of_pymatgen(crystal_named: Callable[[str], Crystal], name: str) -> None:
    structure = crystal_named(name).structure
    theirs = BVAnalyzer(forbidden_species=list(FORBIDDEN)).get_valences(structure)
    assert [site.specie.oxi_state for site in with_bond_length_charges(structure)] == theirs


def all_neutral(
    elements: list[str], sizes: list[int], choices: list[dict[int, float]]
) -> list[tuple[float, tuple[int, ...]]]:
    """Every neutral assignment whose states of one element differ by at most 1, with its probability."""
    likely = [[q for q, p in one.items() if p > LEAST * max(one.values())] for one in choices]
    found = []
    for states in product(*likely):
        groups = [[q for q, e in zip(states, elements, strict=True) if e == element] for element in set(elements)]
        if np.dot(states, sizes) == 0 and all(max(group) - min(group) <= 1 for group in groups):
            found.append((math.prod(one[q] for one, q in zip(choices, states, strict=True)), states))
    return found


@pytest.mark.parametrize("seed", range(30))
def test_states_are_the_best_of_all_neutral_ones(seed: int) -> None:
    random = np.random.default_rng(seed)
    elements = ["Fe", "Sb", "Fe", "S", "S", "P"]
    sizes = random.integers(1, 4, 6).tolist()
    allowed = {"Fe": [2, 3, 4], "Sb": [-3, 3, 5], "S": [-2, -1, 4], "P": [3, 5]}
    choices = [
        dict(zip(allowed[e], random.dirichlet(np.ones(len(allowed[e]))).tolist(), strict=True)) for e in elements
    ]
    every = all_neutral(elements, sizes, choices)
    if not every:
        with pytest.raises(ValueError, match="neutral"):
            most_probable(elements, sizes, choices)
        return
    assert tuple(most_probable(elements, sizes, choices)) == max(every)[1]


def test_two_hundred_sites_of_two_states_take_no_search() -> None:
    elements, sizes = ["Fe"] * 100 + ["S"] * 100, [1] * 200
    choices = [{2: 0.6, 3: 0.4}] * 100 + [{-2: 0.6, -1: 0.4}] * 100
    states = most_probable(elements, sizes, choices)
    assert sum(states) == 0
    assert states.count(3) == 0


def test_states_that_are_never_neutral_are_refused() -> None:
    with pytest.raises(ValueError, match="neutral"):
        most_probable(["Na", "Cl"], [2, 1], [{1: 1.0}, {-1: 1.0}])
