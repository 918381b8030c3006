"""Laws of the content of lithium and of the distances between its ions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.validators import ALIASES, VALIDATORS, Lithium, validator
from electrolith.validators.chemistry.mobile_ion_content import MobileIonContent

Named = Callable[[str], Crystal]


def test_lithium_oxide_is_two_thirds_lithium_and_its_lithium_ions_are_half_an_edge_apart(crystal_named: Named) -> None:
    verdict = Lithium(share_at_least=0.5, distance_at_most=3.0).check(crystal_named("Li2O"))
    details = {d.name: d.value for d in verdict.details}
    assert verdict.passed
    assert verdict.value == pytest.approx(2 / 3)
    assert details["shortest Li-Li distance"] == pytest.approx(4.62 / 2)
    assert details["lithium sites"] == pytest.approx(8 / 0.462**3)


def test_a_crystal_without_lithium_fails_unless_no_lithium_is_required(crystal_named: Named) -> None:
    assert Lithium().check(crystal_named("NaCl")).passed is False
    assert Lithium(share_at_least=0).check(crystal_named("NaCl")).passed


def test_the_reason_names_every_violated_limit(crystal_named: Named) -> None:
    verdict = Lithium(share_at_most=0.5, distance_at_least=2.5, sites_at_least=100).check(crystal_named("Li2O"))
    assert verdict.passed is False
    assert all(
        word in verdict.reason
        for word in ("the share of lithium is above", "Li-Li distance is below 2.5", "fewer than 100")
    )
    with pytest.raises(UserError):
        Lithium(distance_at_least=4, distance_at_most=3)


def test_the_check_has_its_earlier_name_too_and_counts_any_mobile_ion(crystal_named: Named) -> None:
    assert VALIDATORS[ALIASES["lithium"]] is MobileIonContent is Lithium
    verdict = validator("lithium", mobile_ion="Na").check(crystal_named("NaCl"))
    assert verdict.value == 0.5
    assert "sodium" in verdict.reason
    assert "shortest Na-Na distance" in verdict.reason
    with pytest.raises(UserError, match="There are: Li, Na, K, Mg, Ca, Zn"):
        validator("mobile_ion", mobile_ion="Q")
