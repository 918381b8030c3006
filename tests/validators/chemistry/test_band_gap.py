"""Laws of the estimated band gap."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.gen.surrogate.orbit_surrogate import WEIGHTS
from electrolith.validators.chemistry.band_gap import Insulation

Named = Callable[[str], Crystal]
needs_weights = pytest.mark.skipif(not WEIGHTS.exists(), reason="no surrogate lies in the package")


@needs_weights
def test_salts_insulate_and_metals_do_not(crystal_named: Named) -> None:
    for name in ("NaCl", "Li2O"):
        assert Insulation(at_least=1.0).check(crystal_named(name)).passed
    assert Insulation(at_least=1.0).check(crystal_named("Cu")).passed is False


@needs_weights
def test_a_gap_is_never_negative_and_its_reason_says_that_the_scale_is_too_small(named_crystal: Crystal) -> None:
    verdict = Insulation(at_least=None, known=False).check(named_crystal)
    assert verdict.passed
    assert verdict.value is not None
    assert verdict.value >= 0
    assert (verdict.spread or 0) > 0
    assert "GGA, which is too small" in verdict.reason


@needs_weights
def test_the_choice_of_the_cell_does_not_matter(crystal_named: Named) -> None:
    crystal = crystal_named("Li2O")
    larger = Crystal.from_structure(crystal.structure * [2, 1, 1])
    assert Insulation().check(larger).value == pytest.approx(Insulation().check(crystal).value, abs=1e-5)


def test_invalid_numbers_fail_and_a_negative_gap_is_not_a_limit() -> None:
    assert Insulation().check(Crystal.of(np.full((3, 3), np.nan), [[0, 0, 0]], [3])).passed is False
    with pytest.raises(UserError):
        Insulation(at_least=-1)


def test_a_known_crystal_has_its_tabulated_gap_and_one_near_the_limit_is_a_near_miss(crystal_named: Named) -> None:
    salt = crystal_named("NaCl")
    verdict = Insulation(at_least=1.0).check(salt)
    assert verdict.value == pytest.approx(5.0, abs=0.3)
    assert "tabulated for mp-" in verdict.reason
    gap = verdict.value
    assert Insulation(at_least=gap + 0.1).check(salt).answer == "near miss"
    assert Insulation(at_least=gap + 0.1, margin=0).check(salt).answer == "no"
    assert Insulation(at_least=gap + 0.5).check(salt).answer == "no"
