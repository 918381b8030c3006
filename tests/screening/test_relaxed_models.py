"""Relaxation of the models of a disordered crystal: of the few of lowest energy, and only where it decides."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.findings import PotentialEnergy
from electrolith.screening.relaxed_models import RELAXED, Answer, of_lowest_energy, with_relaxed
from electrolith.validators.check import Check
from electrolith.validators.relaxation.relaxation_check import Relaxation
from electrolith.validators.thermodynamics.stability import Stability
from electrolith.validators.verdict import Verdict

LIMIT = 0.1  # eV/atom


def model(edge: float) -> Crystal:
    return Crystal.of(np.eye(3) * edge, [[0, 0, 0]], [3])


def height(crystal: Crystal, value: float) -> Verdict:
    return Verdict("stability", value <= LIMIT, value, near_miss=LIMIT < value <= LIMIT + 0.03)


@dataclass
class Run:
    """A stand-in for the checks: relaxed models have the heights ``after``, by the edge of the cell."""

    after: dict[float, float]
    relaxed: list[float] = field(default_factory=list)

    def __call__(self, check: Check, crystal: Crystal) -> Answer:
        edge = float(crystal.lattice[0, 0])
        if isinstance(check, Relaxation):
            assert not check.keep_symmetry
            self.relaxed.append(edge)
            return Verdict("relaxation", True), crystal.with_findings(energy=PotentialEnergy(-1.0, "chgnet"))
        return height(crystal, self.after[edge]), crystal


def answered(heights: dict[float, float]) -> list[Answer]:
    return [(height(model(edge), value), model(edge)) for edge, value in heights.items()]


def test_a_strained_model_is_judged_by_its_relaxed_energy() -> None:
    run = Run({3.0: 0.02})
    ((verdict, crystal),) = with_relaxed(Stability(), answered({3.0: 0.7}), run)
    assert verdict.value == 0.02
    assert crystal.findings.energy is not None


def test_the_model_of_lowest_energy_is_relaxed_first_and_no_other_once_it_passes() -> None:
    run = Run({3.0: 0.05, 4.0: 0.01, 5.0: 0.0})
    assert [
        verdict.value for verdict, _ in with_relaxed(Stability(), answered({3.0: 0.4, 4.0: 0.3, 5.0: 0.5}), run)
    ] == [0.01]
    assert run.relaxed == [4.0]


def test_models_that_stay_above_the_limit_are_rejected_after_a_bounded_number_of_relaxations() -> None:
    run = Run(dict.fromkeys((3.0, 4.0, 5.0, 6.0), 0.3))
    found = with_relaxed(Stability(), answered({3.0: 0.4, 4.0: 0.5, 5.0: 0.6, 6.0: 0.7}), run)
    assert len(run.relaxed) == RELAXED
    assert not any(verdict.passed or verdict.near_miss for verdict, _ in found)


@pytest.mark.parametrize("value", [0.0, LIMIT], ids=["on the hull", "at the limit"])
def test_a_model_that_passes_at_the_mean_places_is_not_relaxed(value: float) -> None:
    run = Run({})
    found = with_relaxed(Stability(), answered({3.0: 0.4, 4.0: value}), run)
    assert [verdict.value for verdict, _ in found] == [value, 0.4]
    assert not run.relaxed


def test_a_model_that_is_relaxed_already_is_not_relaxed_again() -> None:
    verdict, crystal = answered({3.0: 0.4})[0]
    done = crystal.with_findings(energy=PotentialEnergy(-1.0, "chgnet"))
    run = Run({})
    assert with_relaxed(Stability(), [(verdict, done)], run) == [(verdict, done)]


def test_a_model_that_falls_apart_keeps_the_height_that_it_had() -> None:
    def falls_apart(check: Check, crystal: Crystal) -> Answer:
        return Verdict(check.name, False), crystal

    ((verdict, _),) = with_relaxed(Stability(), answered({3.0: 0.4}), falls_apart)
    assert verdict.value == 0.4


def test_the_models_of_lowest_energy_go_on_and_an_energy_that_is_unknown_comes_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    energies = {3.0: -1.0, 4.0: -3.0, 5.0: float("nan"), 6.0: -2.0}
    monkeypatch.setattr(
        "electrolith.disorder.ordering_ranks.static_energies",
        lambda models, potential: [energies[float(one.lattice[0, 0])] for one in models],
    )
    found = of_lowest_energy([model(edge) for edge in energies], "chgnet")
    assert [one.lattice[0, 0] for one in found] == [4.0, 6.0][:RELAXED]
