"""The gate replaces crystals that are predicted to lie above its limit, and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from generate_scripted import KNOWN, Scripted

from electrolith import Generator, Targets
from electrolith.gen.data.convex_hull import hull_energy
from electrolith.gen.sampling.candidate import Candidate
from electrolith.gen.surrogate.structure_surrogate import default_structure_surrogate
from electrolith.generation.acceptance import AcceptanceTest, Attempt
from electrolith.generation.generation_run import run
from electrolith.generation.records import STABILITY_CHECK, GeneratedCrystal, Rejected
from electrolith.generation.replacement_gate import MOST, ReplacementGate, predicted_heights
from electrolith.generation.settings import Settings
from electrolith.io.csv_rows import csv_rows

WIDE = replace(KNOWN[4], lattice=KNOWN[4].lattice + 0.18 * np.sqrt(3) * np.eye(6)[0])  # rock salt, a fifth wider


def test_a_candidate_above_the_limit_is_rejected_with_its_height() -> None:
    gate, heights = ReplacementGate(0.05, new=True), predicted_heights([KNOWN[4], WIDE, None])
    salt, wide, failed = (
        gate.before_checks(Candidate(k, orbits, 0.0), Attempt(k, 0, {}), height)
        for k, (orbits, height) in enumerate(zip((KNOWN[4], WIDE, None), heights, strict=True))
    )
    assert salt is None
    assert wide is not None
    assert wide.check == STABILITY_CHECK
    assert wide.reason == f"predicted {heights[1]:.3f} eV/atom above the hull, more than 0.05"
    assert wide.formula == "NaCl"
    assert failed is None


def test_heights_are_the_larger_prediction_and_none_where_numbers_are_not_plausible() -> None:
    nowhere = replace(KNOWN[4], lattice=KNOWN[4].lattice * np.nan)
    huge = replace(KNOWN[4], lattice=KNOWN[4].lattice + 1e3)
    predictions = default_structure_surrogate().predict([KNOWN[4], WIDE])
    direct, by_hull = predictions.of("energy_above_hull")[0], predictions.of("formation_energy_per_atom")[0]
    by_hull = by_hull - [hull_energy(one.composition) for one in (KNOWN[4], WIDE)]
    expected = np.maximum(direct, by_hull)
    found = predicted_heights([nowhere, KNOWN[4], None, WIDE, huge])
    assert found == pytest.approx([np.nan, expected[0], np.nan, expected[1], np.nan], nan_ok=True, abs=1e-5)
    assert predicted_heights([nowhere, None]) == pytest.approx([np.nan, np.nan], nan_ok=True)


def test_without_a_limit_none_is_rejected() -> None:
    assert ReplacementGate(None, new=True).before_checks(Candidate(0, WIDE, 0.0), Attempt(0, 0, {}), 9.0) is None


class Wide(Scripted):
    """Rock salt with wide cells: its predicted height is above any negative limit."""

    def draw(self, seeds, *args, **more):  # type: ignore[no-untyped-def]
        wide = replace(KNOWN[4], lattice=KNOWN[4].lattice + 0.1 * np.eye(6)[0])
        return [Candidate(seed, wide, 0.0) for seed in seeds]

    predict = draw


def test_the_gate_gives_the_rejected_candidates_of_a_slot_by_ascending_height() -> None:
    gate = ReplacementGate(-1.0, new=True)
    for number, height in enumerate((0.1, 0.0, 0.2)):
        gate.before_checks(Candidate(number, KNOWN[4], 0.0), Attempt(7, number, {}), height)
    gate.before_checks(Candidate(9, KNOWN[4], 0.0), Attempt(8, 0, {}), -0.5)
    assert [(one.height, one.candidate.seed, one.attempt.number) for one in gate.best_first(7)] == [
        (0.0, 1, 1), (0.1, 0, 0), (0.2, 2, 2),
    ]  # fmt: skip
    assert not gate.best_first(6)


def test_a_known_crystal_is_rejected_and_stands_behind_new_ones_above_the_limit() -> None:
    candidate, attempt = Candidate(5, KNOWN[4], 0.0), Attempt(0, 1, {})
    salt = AcceptanceTest()(candidate, attempt)
    assert isinstance(salt, GeneratedCrystal)
    gate = ReplacementGate(0.05, new=True)
    rejected = gate.after_checks(candidate, attempt, salt)
    assert isinstance(rejected, Rejected)
    assert rejected.check == "novel"
    assert "the same as" in rejected.reason
    gate.before_checks(Candidate(6, WIDE, 0.0), Attempt(0, 2, {}), 0.3)
    assert [one.candidate.seed for one in gate.best_first(0)] == [6, 5]
    assert ReplacementGate(0.05, new=False).after_checks(candidate, attempt, salt) is salt


def test_where_all_attempts_are_above_the_limit_one_of_them_is_taken(tmp_path: Path) -> None:
    settings = Settings.from_mapping({"n": 1, "stability_limit": -1.0, "max_attempts": 3})
    progress = run(settings, tmp_path / "out", generator=Generator(Wide()))
    assert (progress.generated, progress.rejected) == (1, 2)
    (row,) = csv_rows(tmp_path / "out" / "crystals.csv")
    assert float(row["height_predicted_eV_per_atom"]) > -1.0


def test_the_gate_gives_up_after_sixteen_candidates_of_a_slot(tmp_path: Path) -> None:
    settings = Settings.from_mapping({"n": 1, "stability_limit": -1.0, "max_attempts": 20})
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
