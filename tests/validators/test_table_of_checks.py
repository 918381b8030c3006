"""Every check answers for every crystal, whatever is wrong with it, and never raises."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import OrbitDataset
from electrolith.gen.symmetry.orbits import orbits_of
from electrolith.validators import VALIDATORS, UnknownValidator, Verdict, validator
from electrolith.validators.check import Check

CUBE = 4.0 * np.eye(3)
HOPELESS = {
    "no atoms": Crystal.of(CUBE, np.zeros((0, 3)), []),
    "coordinates not a number": Crystal.of(CUBE, [[np.nan, 0, 0]], [3]),
    "infinite cell": Crystal.of(np.diag([4.0, 4.0, np.inf]), [[0, 0, 0]], [3]),
    "flat cell": Crystal.of([[4, 0, 0], [0, 4, 0], [4, 4, 0]], [[0, 0, 0]], [3]),
    "nearly flat cell": Crystal.of([[400, 0, 0], [0, 400, 0], [1, 1, 1e-6]], [[0, 0, 0]], [3]),
    "cell beyond all size": Crystal.of(1e300 * np.eye(3), [[0, 0, 0]], [3]),
    "coordinates beyond all size": Crystal.of(CUBE, [[1e300, 0, 0]], [3]),
    "element 0": Crystal.of(CUBE, [[0, 0, 0]], [0]),
    "element 119": Crystal.of(CUBE, [[0, 0, 0]], [119]),
}
SODIUM = Crystal.of(CUBE, [[0, 0, 0], [0.5, 0.5, 0.5]], [11, 11], "Na")


CHEAP = {  # options of the checks that would else compute for long, or load much
    "novel": {"reference": OrbitDataset.of([orbits_of(SODIUM)], ["sodium"])},
    "relaxation": {"potential": "ase.calculators.lj:LennardJones", "max_steps": 3},
    "stability": {"max_atoms": 1},
    "moduli": {"potential": "ase.calculators.lj:LennardJones", "max_atoms": 1},
    "dendrites": {"potential": "ase.calculators.lj:LennardJones", "max_atoms": 1},
    "diffusivity": {"potential": "ase.calculators.lj:LennardJones", "max_atoms": 1},
}


def check_named(name: str) -> Check:
    return validator(name, **CHEAP.get(name, {}))


@pytest.mark.parametrize("flaw", HOPELESS)
@pytest.mark.parametrize("name", VALIDATORS)
def test_no_check_passes_what_is_no_crystal(name: str, flaw: str) -> None:
    verdict = check_named(name).check(HOPELESS[flaw])
    assert verdict.name == name
    assert verdict.passed is False
    assert verdict.reason.startswith("not a crystal")


@pytest.mark.parametrize("name", VALIDATORS)
def test_every_check_bears_the_name_under_which_it_is_found(name: str) -> None:
    assert check_named(name).name == name


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lattice=arrays(np.float64, (3, 3), elements=st.floats(-12, 12)),
    coords=arrays(np.float64, (4, 3), elements=st.floats(-2, 2)),
    numbers=st.lists(st.sampled_from([1, 3, 6, 7, 8, 9, 15, 16, 26, 54, 100]), min_size=4, max_size=4),
)
def test_random_numbers_get_a_verdict_from_every_check(
    lattice: np.ndarray, coords: np.ndarray, numbers: list[int]
) -> None:
    crystal = Crystal.of(lattice, coords, numbers)
    for name in VALIDATORS:
        verdict = check_named(name).check(crystal)
        assert isinstance(verdict, Verdict)
        assert verdict.reason
        assert not verdict.reason.startswith("could not be checked")


def test_a_check_that_breaks_down_says_so_and_does_not_raise() -> None:
    class Broken(Check):
        name = "broken"

        def answer(self, crystal: Crystal) -> Verdict:
            raise RuntimeError(f"no idea of {crystal.name}")

    verdict = Broken().check(SODIUM)
    assert verdict.passed is None
    assert verdict.reason == "could not be checked: RuntimeError: no idea of Na"


def test_a_wrong_name_is_told_the_right_one() -> None:
    with pytest.raises(UnknownValidator, match=re.escape("Did you mean distances")):
        validator("distance")
    with pytest.raises(UnknownValidator, match="There are finite, structure"):
        validator("xyzzy")


def test_a_sound_crystal_is_finite_and_its_value_is_the_volume() -> None:
    verdict = validator("finite").check(SODIUM)
    assert verdict.passed
    assert verdict.value == pytest.approx(64.0)
