"""A number beyond its limit by no more than the error of the check is a near miss, and only this is one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.core import Composition

from electrolith.gen.errors import UserError
from electrolith.validators import VALIDATORS, Interface, Window, validator
from electrolith.validators.near_miss import compared, excess, require_margin

FINITE = st.floats(-1e3, 1e3)


@given(FINITE, FINITE, st.floats(0, 10))
def test_within_the_limit_passes_and_beyond_it_the_error_decides(value: float, limit: float, margin: float) -> None:
    found = compared([excess(value, at_most=limit)], margin)
    assert found.passed == (value <= limit)
    assert found.near_miss == (not found.passed and value - limit <= margin)
    mirrored = compared([excess(-value, at_least=-limit)], margin)
    assert mirrored == found


def test_of_several_limits_the_worst_decides_and_without_a_limit_or_a_margin_nothing_is_near() -> None:
    assert compared([0.1, -1.0], 0.2).near_miss
    assert not compared([0.1, 0.3], 0.2).near_miss
    assert compared([excess(math.inf)], 0.2).passed
    assert not compared([0.1], None).near_miss
    assert not compared([0.1], math.nan).near_miss
    assert not compared([math.inf], 1.0).near_miss


@pytest.mark.parametrize("margin", [-0.1, math.nan])
def test_an_error_is_not_negative(margin: float) -> None:
    with pytest.raises(UserError, match="never negative"):
        require_margin(margin)
    with pytest.raises(UserError, match="never negative"):
        Window(margin=margin)


WITH_MARGIN = (
    "insulation", "conductivity", "decomposition", "window", "interface", "barrier", "stability", "moduli", "dendrites",
    "diffusivity",
)  # fmt: skip


@pytest.mark.parametrize("name", WITH_MARGIN)
def test_every_check_of_a_number_with_an_error_has_a_margin(name: str) -> None:
    assert validator(name, margin=0).margin == 0  # type: ignore[attr-defined]
    assert name in VALIDATORS


def test_a_near_miss_is_said_in_the_answer_and_in_the_reason() -> None:
    lithium_fluoride = Composition("LiF")
    near = Window(oxidation_at_least=6.5).check_composition(lithium_fluoride)
    assert (near.passed, near.near_miss, near.answer) == (False, True, "near miss")
    assert "near miss: beyond the limit by 0.17, error 0.25 V" in near.reason
    strict = Window(oxidation_at_least=6.5, margin=0).check_composition(lithium_fluoride)
    assert (strict.passed, strict.near_miss, strict.answer) == (False, False, "no")
    reacts = Interface("LiCoO2", at_least=-0.1).check_composition(Composition("Li3PS4"))
    assert reacts.answer == "no"
