"""Reported crystals that no potential can judge, or not well enough: the answer is unknown, with the reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from paths import TESTS

from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.read_crystals import read_crystals
from electrolith.screening.check_display import print_verdicts
from electrolith.screening.single_check import run_single_check
from electrolith.validators.mechanics import moduli
from electrolith.validators.mechanics.elasticity import Elasticity
from electrolith.validators.mechanics.moduli import Moduli
from electrolith.validators.relaxation.potentials import POTENTIALS, strange_elements
from electrolith.validators.relaxation.relaxation_check import Relaxation
from electrolith.validators.thermodynamics.stability import Stability
from electrolith.validators.transport.conductivity import Conductivity

CASES = TESTS / "cases"


def crystal_in(name: str) -> Crystal:
    (crystal,) = read_crystals(CASES / name)
    assert isinstance(crystal, Crystal)
    return crystal


@pytest.mark.parametrize("check", [Relaxation(), Stability(), Moduli()], ids=lambda check: check.name)
def test_an_element_that_the_potential_does_not_know_makes_the_answer_unknown(
    check: Relaxation | Stability | Moduli,
) -> None:
    verdict = check.check(crystal_in("CmO2.cif"))
    assert verdict.passed is None
    assert "does not know Cm; it knows the elements from H to Pu except Po, At, Rn, Fr, Ra" in verdict.reason


def test_potentials_know_lithium_and_calculators_of_strangers_are_asked() -> None:
    assert all(strange_elements(crystal_in("Li_bcc.cif"), name) == "" for name in POTENTIALS)
    assert strange_elements(crystal_in("CmO2.cif"), "ase.calculators.emt:EMT") == ""


@pytest.mark.parametrize(("softest", "passed"), [(-1.5, None), (-20.0, False), (3.0, True)])
def test_an_instability_below_the_error_of_the_potential_is_unknown(
    softest: float, passed: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tensor of a cubic crystal whose softest strain, (C11 - C12), is given; -1.5 GPa is SevenNet's for lithium."""
    stiffness = np.diag([10.0 + softest] * 3 + [4.0] * 3)
    stiffness[:3, :3] += 10.0 * (1 - np.eye(3))
    monkeypatch.setattr(moduli, "elasticity", lambda *_: Elasticity(stiffness))
    verdict = Moduli().check(crystal_in("Li_bcc.cif"))
    assert verdict.passed is passed
    assert ("less than the error" in verdict.reason) == (passed is None)


def test_the_conductivity_of_a_metal_carries_a_doubt() -> None:
    verdict = Conductivity().check(crystal_in("Li_bcc.cif"))
    assert verdict.doubt == "it is a metal, in which electrons carry the current"
    assert verdict.doubt in verdict.reason


def test_a_file_that_cannot_be_read_is_unreadable_and_not_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "a.cif"
    damaged.write_text("data_x\n_cell_length_a 3\n")
    found = run_single_check("charge", [str(damaged)], [])
    assert [one.verdict.passed for one in found] == [None]
    print_verdicts(found)
    assert "unreadable" in capsys.readouterr().out
