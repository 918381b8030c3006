"""Laws of augmentation: an equivalent setting is the same crystal, and the given part of a composition is right."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Structure

from electrolith.gen.data.dataset import OrbitDataset, reference_set
from electrolith.gen.errors import UserError
from electrolith.gen.skeleton.conditioning import AT_LEAST, EXACTLY, FORMULA, NOTHING
from electrolith.gen.symmetry.normaliser import canonical, renamings
from electrolith.gen.symmetry.orbits import Orbits, crystal_of
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables
from electrolith.gen.training.augmentation import CompositionShares, equivalent_setting, given_composition

CUBIC = 195  # and above: every equivalent setting has the same cell
LITHIUM, OXYGEN, PHOSPHORUS = 3, 8, 15
ELEMENTS, SITES = np.array([LITHIUM, LITHIUM, OXYGEN, PHOSPHORUS]), np.array([2, 4, 8, 2])


@pytest.fixture(scope="module")
def data() -> OrbitDataset:
    return reference_set()


def structure_of(orbits: Orbits) -> Structure:
    crystal = crystal_of(orbits, primitive=True)
    return Structure(crystal.lattice, crystal.atomic_numbers, crystal.frac_coords)


def in_another_setting(rng: np.random.Generator, orbits: Orbits) -> Orbits:
    positions, elements = equivalent_setting(rng, orbits.space_group, orbits.positions, orbits.elements)
    return replace(orbits, positions=positions, elements=elements)


def test_an_equivalent_setting_is_the_same_crystal(data: OrbitDataset) -> None:
    """Of crystals without free coordinates, which are known from their skeleton and cell alone."""
    rng = np.random.default_rng(0)
    tables = wyckoff_tables()
    fixed = np.bincount(data.owner, weights=tables.dof[data.positions], minlength=len(data)) == 0
    small = data.n_atoms <= 12
    chosen = rng.permutation(np.flatnonzero(fixed & small & (data.space_group >= CUBIC)))
    chosen = [int(i) for i in chosen if len(renamings(int(data.space_group[i]))) > 1][:30]
    matcher = StructureMatcher(ltol=1e-3, stol=1e-3, angle_tol=0.01, primitive_cell=False, scale=False)
    renamed = 0
    for index in chosen:
        orbits = data[index]
        other = in_another_setting(rng, orbits)
        assert matcher.fit(structure_of(orbits), structure_of(other)), orbits.label
        renamed += orbits.label != other.label
    assert renamed >= 10


def test_an_equivalent_setting_is_canonical_and_has_one_normal_form(data: OrbitDataset) -> None:
    rng = np.random.default_rng(0)
    for index in rng.choice(len(data), 50, replace=False):
        orbits = data[int(index)]
        other = in_another_setting(rng, orbits)
        pairs = list(zip(other.positions.tolist(), other.elements.tolist(), strict=True))
        assert pairs == sorted(pairs)
        forms = {canonical(o.space_group, o.positions.tolist(), o.elements.tolist()) for o in (orbits, other)}
        assert len(forms) == 1


def test_every_equivalent_setting_occurs() -> None:
    rng = np.random.default_rng(0)
    tables = wyckoff_tables()
    half_heusler = np.array(tables.positions_of(216))[:3]  # 4a, 4b, 4c
    elements = np.array([3, 12, 7])
    found = {tuple(sorted(zip(*equivalent_setting(rng, 216, half_heusler, elements), strict=True))) for _ in range(300)}
    assert len(found) == len(renamings(216))


def test_a_given_composition_is_true_of_the_crystal() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        kind, given = given_composition(rng, ELEMENTS, SITES, CompositionShares())
        if kind == NOTHING:
            assert given == {}
        elif kind == AT_LEAST:
            assert given
            assert set(given) <= {LITHIUM, OXYGEN, PHOSPHORUS}
        elif kind == EXACTLY:
            assert given == {LITHIUM: 0, OXYGEN: 0, PHOSPHORUS: 0}
        else:
            assert given == {LITHIUM: 3, OXYGEN: 4, PHOSPHORUS: 1}


def test_compositions_are_given_in_the_shares_of_the_settings() -> None:
    rng = np.random.default_rng(0)
    shares = CompositionShares(nothing=0.1, at_least=0.2, exactly=0.3, formula=0.4)
    n = 4000
    kinds = Counter(given_composition(rng, ELEMENTS, SITES, shares)[0] for _ in range(n))
    for kind, share in {NOTHING: 0.1, AT_LEAST: 0.2, EXACTLY: 0.3, FORMULA: 0.4}.items():
        assert kinds[kind] / n == pytest.approx(share, abs=4 * 0.5 / n**0.5)


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(UserError, match=r"sum to 1\.1"):
        CompositionShares(nothing=0.45)
