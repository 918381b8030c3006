"""Laws of every check in the table. The message of a failure names the missing part and its place."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from paths import ROOT

from electrolith import validators
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import OrbitDataset
from electrolith.gen.symmetry.orbits import orbits_of
from electrolith.recipes.check_options import options_of
from electrolith.validators import VALIDATORS, UnknownValidator, Verdict, validator
from electrolith.validators.check import Check

Named = Callable[[str], Crystal]
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


CHEAP = {  # options that keep slow checks short
    "novel": {"reference": OrbitDataset.of([orbits_of(SODIUM)], ["sodium"])},
    "relaxation": {"potential": "ase.calculators.lj:LennardJones", "max_steps": 3},
    "stability": {"max_atoms": 1},
    "moduli": {"potential": "ase.calculators.lj:LennardJones", "max_atoms": 1},
    "dendrites": {"potential": "ase.calculators.lj:LennardJones", "max_atoms": 1},
    "diffusivity": {"potential": "ase.calculators.lj:LennardJones", "max_atoms": 1},
}


def check_named(name: str) -> Check:
    return validator(name, **CHEAP.get(name, {}))


def file_of(name: str) -> str:
    return Path(inspect.getfile(VALIDATORS[name])).relative_to(validators.__path__[0]).as_posix()


@pytest.mark.parametrize("name", VALIDATORS)
def test_every_check_lies_in_a_room_and_bears_the_name_of_its_line_in_the_table(name: str) -> None:
    assert file_of(name).count("/") == 1, f"move {file_of(name)} into a room: validators/<room>/<name>.py"
    assert VALIDATORS[name].name == name, f'write `name: ClassVar[str] = "{name}"` in validators/{file_of(name)}'


@pytest.mark.parametrize("name", VALIDATORS)
def test_every_check_has_a_question_and_a_unit(name: str) -> None:
    question, unit = (getattr(VALIDATORS[name], attribute, None) for attribute in ("question", "unit"))
    wanted = f"write `question: ClassVar[str]`, one line that ends in a question mark, in validators/{file_of(name)}"
    assert question, wanted
    assert question.endswith("?"), wanted
    assert "\n" not in question, wanted
    assert unit is not None, f"write `unit: ClassVar[str]`, empty for a count, in validators/{file_of(name)}"


@pytest.mark.parametrize("name", VALIDATORS)
def test_every_option_is_described_in_the_docstring_of_its_check(name: str) -> None:
    described = re.findall(r"\w+", inspect.getdoc(VALIDATORS[name]) or "")
    missing = [option for option in options_of(name) if option not in described]
    assert not missing, f"describe {', '.join(missing)} in the docstring of the class in validators/{file_of(name)}"


@pytest.mark.parametrize("name", VALIDATORS)
def test_every_room_names_its_checks_in_its_docstring(name: str) -> None:
    room = inspect.getmodule(VALIDATORS[name]).__package__
    assert name in (sys.modules[room].__doc__ or ""), f"name the check {name} in the docstring of {room}"


@pytest.mark.parametrize("name", VALIDATORS)
def test_every_check_has_laws_in_the_tests_of_its_room(name: str) -> None:
    room = Path(__file__).parent / Path(file_of(name)).parent
    laws = "".join(file.read_text(encoding="utf-8") for file in sorted(room.glob("test_*.py")))
    used = VALIDATORS[name].__name__ in laws or f'"{name}"' in laws
    assert used, f"write laws of {name} in {room.relative_to(ROOT)}/test_{Path(file_of(name)).stem}.py"


@pytest.mark.parametrize("flaw", HOPELESS)
@pytest.mark.parametrize("name", VALIDATORS)
def test_numbers_that_describe_no_crystal_fail_every_check(name: str, flaw: str) -> None:
    verdict = check_named(name).check(HOPELESS[flaw])
    assert verdict.name == name
    assert verdict.passed is False
    assert verdict.reason.startswith("not a crystal")


@pytest.mark.parametrize("name", VALIDATORS)
def test_rock_salt_gets_a_verdict_in_the_unit_of_the_check(name: str, crystal_named: Named) -> None:
    verdict = check_named(name).check(crystal_named("NaCl"))
    assert verdict.name == name
    assert verdict.unit == VALIDATORS[name].unit, f"make verdicts with `self.verdict` in validators/{file_of(name)}"
    assert verdict.reason, f"give every verdict a reason in validators/{file_of(name)}"
    assert not verdict.reason.startswith("could not be checked"), verdict.reason


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


def test_an_error_inside_a_check_is_an_unknown_verdict() -> None:
    class Broken(Check):
        name = "broken"

        def answer(self, crystal: Crystal) -> Verdict:
            raise RuntimeError(f"no idea of {crystal.name}")

    verdict = Broken().check(SODIUM)
    assert verdict.passed is None
    assert verdict.reason == "could not be checked: RuntimeError: no idea of Na"


def test_a_wrong_name_gets_a_suggestion() -> None:
    with pytest.raises(UnknownValidator, match=re.escape("Did you mean distances")):
        validator("distance")
    with pytest.raises(UnknownValidator, match="There are: finite, structure"):
        validator("xyzzy")
