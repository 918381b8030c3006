"""The gate replaces crystals that are predicted to lie above its limit, and no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from generate_scripted import KNOWN, Scripted

from electrolith import Generator, Targets
from electrolith.gen.sampling.candidate import Candidate
from electrolith.gen.surrogate.structure_surrogate import default_structure_surrogate
from electrolith.generation.acceptance import AcceptanceTest, Attempt
from electrolith.generation.records import STABILITY_CHECK, GeneratedCrystal, Outcome, Rejected
from electrolith.generation.stability_gate import gated


def outcomes() -> list[Outcome]:
    """Rock salt as it is, a fifth wider, and a rejected candidate."""
    wide = replace(KNOWN[4], lattice=KNOWN[4].lattice + 0.18 * np.sqrt(3) * np.eye(6)[0])
    test = AcceptanceTest(["finite"])
    drawn = [Candidate(k, orbits, 0.0) for k, orbits in enumerate((KNOWN[4], wide, None))]
    return [test(candidate, Attempt(k, 0, {})) for k, candidate in enumerate(drawn)]


def test_a_crystal_above_the_limit_is_rejected_with_its_height() -> None:
    salt, wide, failed = gated(outcomes(), 0.05)
    assert isinstance(salt, GeneratedCrystal)
    assert salt.height < 0.05
    assert isinstance(wide, Rejected)
    assert wide.check == STABILITY_CHECK
    assert "more than 0.05" in wide.reason
    assert isinstance(failed, Rejected)
    assert failed.check != STABILITY_CHECK


def test_without_a_limit_each_crystal_has_the_height_that_the_surrogate_predicts() -> None:
    found = [one for one in gated(outcomes(), None) if isinstance(one, GeneratedCrystal)]
    heights = default_structure_surrogate().predict([one.orbits for one in found]).of("energy_above_hull")[0]
    assert [one.height for one in found] == pytest.approx(heights)


@pytest.mark.parametrize(
    "targets", [Targets(formula="NaCl"), Targets(energy_above_hull=0.3)], ids=["formula", "target"]
)
def test_the_limit_is_not_used_for_a_formula_or_a_target_for_the_height(targets: Targets) -> None:
    class Wide(Scripted):
        def draw(self, seeds, *args, **more):  # type: ignore[no-untyped-def]
            wide = replace(KNOWN[4], lattice=KNOWN[4].lattice + 0.1 * np.eye(6)[0])
            return [Candidate(seed, wide, 0.0) for seed in seeds]

        predict = draw

    generator = Generator(Wide())
    with pytest.warns(UserWarning, match="missing"):
        assert not generator.generate(1, stability_limit=-1.0, max_attempts=1)
    assert generator.generate(1, targets, stability_limit=-1.0, max_attempts=1)
