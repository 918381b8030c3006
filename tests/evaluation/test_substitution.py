"""Substitution keeps the symmetry and finds the volume that fits; the baseline takes training crystals only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from electrolith.conditioners.targets import Targets
from electrolith.evaluation.substitution import possible_substitutions, similar_elements, substituted
from electrolith.evaluation.substitution_baseline import substitute_known
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import OrbitDataset
from electrolith.gen.errors import UserError
from electrolith.gen.properties import SHIPPED
from electrolith.gen.symmetry.orbits import crystal_of, orbits_of
from electrolith.validators.structure.atomic_volumes import ATOMIC_VOLUMES
from electrolith.validators.structure.symmetry import found_space_group

Named = Callable[[str], Crystal]
LITHIUM, SODIUM, CHLORINE, BROMINE = 3, 11, 17, 35


def test_similar_elements_are_of_one_group_and_similarity_is_mutual() -> None:
    assert LITHIUM in similar_elements(SODIUM)
    assert similar_elements(CHLORINE)[0] == BROMINE
    assert all(number in similar_elements(other) for number in (SODIUM, CHLORINE) for other in similar_elements(number))


def test_a_substitution_keeps_the_symmetry_and_scales_the_volume_by_the_usual_atomic_volumes(
    crystal_named: Named,
) -> None:
    salt = orbits_of(crystal_named("NaCl"))
    bromide = crystal_of(substituted(salt, CHLORINE, BROMINE))
    na, cl, br = (ATOMIC_VOLUMES[symbol] for symbol in ("Na", "Cl", "Br"))
    assert bromide.formula == "NaBr"
    assert found_space_group(bromide) == 225
    assert bromide.volume / crystal_named("NaCl").volume == pytest.approx((na + br) / (na + cl))


def test_a_substitution_and_its_reverse_give_the_crystal_back(crystal_named: Named) -> None:
    salt = orbits_of(crystal_named("NaCl"))
    back = substituted(substituted(salt, CHLORINE, BROMINE), BROMINE, CHLORINE)
    np.testing.assert_array_equal(back.elements, salt.elements)
    np.testing.assert_allclose(back.lattice, salt.lattice)


def test_an_element_that_is_present_is_not_put_in_again(crystal_named: Named) -> None:
    assert all(new not in (SODIUM, CHLORINE) for _, new in possible_substitutions(orbits_of(crystal_named("NaCl"))))


def test_the_baseline_takes_training_crystals_that_have_the_property(crystal_named: Named) -> None:
    names = ("NaCl", "Li2O", "Cu")
    properties = np.full((3, len(SHIPPED)), np.nan)
    properties[:, SHIPPED.column("bulk_modulus")] = 25, 80, 26
    known = OrbitDataset.of([orbits_of(crystal_named(n)) for n in names], names, properties, np.array([0, 0, 2]))
    (only,) = substitute_known(Targets(bulk_modulus=24), 5, known=known)
    assert only.source == "NaCl"  # lithium oxide is too stiff, copper belongs to the test split
    assert only.orbits.space_group == 225
    more = substitute_known(Targets(bulk_modulus="10..100"), 5, known=known)
    assert [one.source for one in more] in (["NaCl", "Li2O"], ["Li2O", "NaCl"])
    assert not {crystal_of(one.orbits).formula for one in more} & set(names)
    with pytest.raises(UserError, match="no known crystal"):
        substitute_known(Targets(bulk_modulus=500), 5, known=known)
