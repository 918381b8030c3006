"""Oracles give the curvature of the energy, and a reason where they have no answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from emt import EMT, relax_with_emt

from electrolith.evaluation import oracle_computations
from electrolith.evaluation.oracle_computations import ask_oracles
from electrolith.evaluation.oracle_findings import Finding
from electrolith.evaluation.oracles import BULK, RELAXED, TENSOR, cheapest_oracles, oracle_key
from electrolith.gen.crystal import Crystal
from electrolith.validators.relaxation.potential_energy import energy_per_atom

Named = Callable[[str], Crystal]
BCC_COPPER = Crystal.of(2.87 / 2 * (np.ones((3, 3)) - 2 * np.eye(3)), [[0, 0, 0]], [29])
GPA = 160.21766  # eV/Å³


@pytest.fixture(autouse=True)
def quick_relaxation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle_computations, "relax", relax_with_emt)


def test_the_cheapest_oracles_are_used() -> None:
    assert cheapest_oracles(["bulk_modulus"]) == (BULK,)
    assert cheapest_oracles(["bulk_modulus", "shear_modulus", "band_gap"]) == (TENSOR,)
    assert cheapest_oracles(["li_barrier_1d", "energy_above_hull"]) == ("energy", "barrier")


@pytest.mark.parametrize("oracle", [BULK, TENSOR])
def test_the_bulk_modulus_is_the_curvature_of_the_energy_at_its_minimum(crystal_named: Named, oracle: str) -> None:
    """K = V E'' for one atom of copper by EMT, with E'' by central differences."""
    copper = relax_with_emt(crystal_named("Cu")).crystal
    assert copper is not None
    volume, step = copper.volume / len(copper), 0.02

    def energy(swelling: float) -> float:
        swollen = Crystal.of(copper.lattice * swelling ** (1 / 3), copper.frac_coords, copper.atomic_numbers)
        return energy_per_atom(swollen, EMT)

    curvature = (energy(1 + step) - 2 * energy(1) + energy(1 - step)) / (step * volume) ** 2
    findings = ask_oracles(copper, (oracle_key(oracle, EMT),), {})
    assert findings[oracle_key(oracle, EMT)].values["bulk_modulus"] == pytest.approx(volume * curvature * GPA, rel=0.02)


def test_a_crystal_on_a_saddle_has_the_moduli_of_the_minimum_it_falls_to(crystal_named: Named) -> None:
    """Body-centred copper becomes face-centred; as it is, it would have no moduli."""
    tensor = oracle_key(TENSOR, EMT)
    saddle, minimum = (ask_oracles(crystal, (tensor,), {})[tensor] for crystal in (BCC_COPPER, crystal_named("Cu")))
    assert saddle.values == pytest.approx(dict(minimum.values), rel=0.02), saddle.reason


def test_a_failed_relaxation_is_the_reason_of_all_that_follows(crystal_named: Named) -> None:
    failed = {RELAXED: Finding(reason="not relaxed: it burst")}
    findings = ask_oracles(crystal_named("Cu"), (oracle_key(BULK), "barrier", "density"), failed)
    assert findings[oracle_key(BULK)].reason == findings["barrier"].reason == "not relaxed: it burst"
    assert findings["density"].values["density"] == crystal_named("Cu").density


def test_a_crystal_that_breaks_an_oracle_is_unknown_and_ends_nothing(
    crystal_named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(oracle_computations, "relax", broken)
    findings = ask_oracles(crystal_named("Cu"), ("barrier",), {})
    assert findings["barrier"].values == {}
    assert "ZeroDivisionError: by zero" in findings["barrier"].reason


def test_relaxing_twice_changes_no_answer(crystal_named: Named) -> None:
    """Properties after a stored relaxation equal those computed at once."""
    copper, ask = crystal_named("Cu"), partial(ask_oracles, keys=(oracle_key(BULK, EMT),))
    first = ask(copper, known={})
    again = ask(copper, known={RELAXED: first[RELAXED]})
    assert again.keys() == {oracle_key(BULK, EMT)}
    assert again[oracle_key(BULK, EMT)].values == first[oracle_key(BULK, EMT)].values
