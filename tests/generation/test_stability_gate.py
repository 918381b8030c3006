"""The gate replaces crystals that are predicted to lie above its limit, and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from generate_scripted import KNOWN, Scripted

from electrolith import Generator, Targets
from electrolith.gen.sampling.candidate import Candidate
from electrolith.gen.surrogate.structure_surrogate import default_structure_surrogate
from electrolith.generation.acceptance import AcceptanceTest, Attempt
from electrolith.generation.generation_run import run
from electrolith.generation.records import STABILITY_CHECK, GeneratedCrystal, Outcome, Rejected
from electrolith.generation.settings import Settings
from electrolith.generation.stability_gate import MOST, StabilityGate
from electrolith.io.csv_rows import csv_rows


def outcomes() -> list[Outcome]:
    """Rock salt as it is, a fifth wider, and a rejected candidate."""
    wide = replace(KNOWN[4], lattice=KNOWN[4].lattice + 0.18 * np.sqrt(3) * np.eye(6)[0])
    test = AcceptanceTest(["finite"])
    drawn = [Candidate(k, orbits, 0.0) for k, orbits in enumerate((KNOWN[4], wide, None))]
    return [test(candidate, Attempt(k, 0, {})) for k, candidate in enumerate(drawn)]


def test_a_crystal_above_the_limit_is_rejected_with_its_height() -> None:
    salt, wide, failed = StabilityGate(0.05)(outcomes())
    assert isinstance(salt, GeneratedCrystal)
    assert salt.height < 0.05
    assert isinstance(wide, Rejected)
    assert wide.check == STABILITY_CHECK
    assert "more than 0.05" in wide.reason
    assert isinstance(failed, Rejected)
    assert failed.check != STABILITY_CHECK


def test_without_a_limit_each_crystal_has_the_height_that_the_surrogate_predicts() -> None:
    found = [one for one in StabilityGate(None)(outcomes()) if isinstance(one, GeneratedCrystal)]
    heights = default_structure_surrogate().predict([one.orbits for one in found]).of("energy_above_hull")[0]
    assert [one.height for one in found] == pytest.approx(heights)


class Wide(Scripted):
    """Rock salt with wide cells: its predicted height is above any negative limit."""

    def draw(self, seeds, *args, **more):  # type: ignore[no-untyped-def]
        wide = replace(KNOWN[4], lattice=KNOWN[4].lattice + 0.1 * np.eye(6)[0])
        return [Candidate(seed, wide, 0.0) for seed in seeds]

    predict = draw


def test_the_gate_keeps_the_lowest_of_the_crystals_that_it_rejects() -> None:
    gate, test = StabilityGate(-1.0), AcceptanceTest(["finite"])
    for number, strain in enumerate((0.1, 0.0, 0.2)):
        orbits = replace(KNOWN[4], lattice=KNOWN[4].lattice + strain * np.eye(6)[0])
        (rejected,) = gate([test(Candidate(number, orbits, 0.0), Attempt(7, number, {}))])
        assert isinstance(rejected, Rejected)
    heights = default_structure_surrogate().predict([gate.lowest[7].orbits]).of("energy_above_hull")[0]
    assert list(gate.lowest) == [7]
    assert gate.lowest[7].attempt == 1
    assert gate.lowest[7].height == pytest.approx(heights[0])


def test_where_all_attempts_are_above_the_limit_one_of_them_is_taken(tmp_path: Path) -> None:
    settings = Settings.from_mapping({"n": 1, "stability_limit": -1.0, "max_attempts": 3})
    progress = run(settings, tmp_path / "out", generator=Generator(Wide()))
    assert (progress.generated, progress.rejected) == (1, 2)
    (row,) = csv_rows(tmp_path / "out" / "crystals.csv")
    assert float(row["height_predicted_eV_per_atom"]) > -1.0


def test_the_gate_gives_up_after_ten_crystals_of_a_slot(tmp_path: Path) -> None:
    settings = Settings.from_mapping({"n": 1, "stability_limit": -1.0, "max_attempts": 15})
    progress = run(settings, tmp_path / "out", generator=Generator(Wide()))
    assert (progress.generated, progress.rejected) == (1, MOST - 1)


def test_a_run_that_keeps_the_best_takes_none_above_the_limit() -> None:
    with pytest.warns(UserWarning, match="missing"):
        assert not Generator(Wide()).generate(
            targets=Targets(density=">=0.1"), keep=1, max_candidates=6, stability_limit=-1.0
        )


@pytest.mark.parametrize(
    "targets", [Targets(formula="NaCl"), Targets(energy_above_hull=0.3)], ids=["formula", "target"]
)
def test_the_limit_is_not_used_for_a_formula_or_a_target_for_the_height(targets: Targets) -> None:
    (one,) = Generator(Wide()).generate(1, targets, stability_limit=-1.0, max_attempts=2)
    assert one.attempt == 0
