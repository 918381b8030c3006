"""The judge of geometries: the larger of two predicted heights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from generate_scripted import KNOWN

from electrolith.gen.data.convex_hull import hull_energy
from electrolith.gen.surrogate.geometry_judge import compositions, judge_of
from electrolith.gen.surrogate.structure_surrogate import default_structure_surrogate, tensors

STRETCHED = [replace(one, lattice=one.lattice + 0.2 * np.eye(6)[0]) for one in KNOWN]


def test_a_height_is_the_larger_of_both_predictions_of_the_networks() -> None:
    surrogate = default_structure_surrogate()
    names = surrogate.properties
    values = names.restore(surrogate.normalised(STRETCHED)[0])
    hull = np.array([hull_energy(one.composition) for one in STRETCHED])
    above_hull = values[:, names.column("energy_above_hull")]
    formation = values[:, names.column("formation_energy_per_atom")]
    found = judge_of(surrogate.networks, names, "cpu")(*tensors(STRETCHED)).numpy()
    assert found == pytest.approx(np.maximum(above_hull, formation - hull), abs=1e-4)
    assert (formation - hull > above_hull).any()


def test_an_element_without_a_hull_leaves_the_other_prediction() -> None:
    surrogate = default_structure_surrogate()
    unknown = [replace(KNOWN[0], elements=np.array([3, 86]))]  # radon
    (found,) = judge_of(surrogate.networks, surrogate.properties, "cpu")(*tensors(unknown)).tolist()
    column = surrogate.properties.column("energy_above_hull")
    expected = surrogate.properties.restore(surrogate.normalised(unknown)[0])[0, column]
    assert found == pytest.approx(expected, abs=1e-4)


def test_compositions_count_the_atoms_of_primitive_cells() -> None:
    skeletons, _, _ = tensors(KNOWN)
    assert compositions(skeletons) == [one.composition for one in KNOWN]
