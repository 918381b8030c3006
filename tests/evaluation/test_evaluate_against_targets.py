"""A run is evaluated by its targets: each property by its oracle; no computation is repeated."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from emt import EMT, relax_with_emt
from folders import write_run

from electrolith.evaluation import evaluate_targets, oracle_computations, oracle_runner
from electrolith.evaluation.oracle_findings import JOURNAL, Finding
from electrolith.evaluation.oracles import BULK, RELAXED, TENSOR, oracle_key
from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError

Named = Callable[[str], Crystal]


def test_the_predicted_probability_is_reported_beside_the_hit_rate(tmp_path: Path, crystal_named: Named) -> None:
    target, table = "{density: '>=1'}", "id,density_asked,density_predicted{}\na,2,2{}\n"
    run = write_run(tmp_path / "r", target, table.format(",chance_as_asked", ",0.25"), a=crystal_named("Cu"))
    evaluation = evaluate_targets(run, workers=1)
    assert evaluation["chance_as_asked"].value == 0.25
    assert evaluation.crystals[0]["chance_as_asked"] == 0.25
    run = write_run(tmp_path / "s", target, table.format("", ""), a=crystal_named("Cu"))
    assert "chance_as_asked" not in {m.key for m in evaluate_targets(run, workers=1).measures}


def test_a_run_without_a_property_target_is_a_usage_error(tmp_path: Path, crystal_named: Named) -> None:
    with pytest.raises(UserError, match="no property target"):
        evaluate_targets(write_run(tmp_path / "r", "{space_group: 225}", NaCl=crystal_named("NaCl")))


def test_the_density_is_exact_and_a_band_gap_has_no_oracle(tmp_path: Path, crystal_named: Named) -> None:
    salt, copper = crystal_named("NaCl"), crystal_named("Cu")
    run = write_run(tmp_path / "r", f"{{density: {salt.density}, band_gap: '>=1'}}", salt=salt, copper=copper)
    without = write_run(tmp_path / "w", "{}", copper=copper)
    evaluation = evaluate_targets(run, without, workers=1)
    assert evaluation["density_hit_rate"].value == 0.5
    assert evaluation["density_median"].value == pytest.approx((salt.density + copper.density) / 2, rel=1e-4)
    assert evaluation["density_baseline_hit_rate"].value == 0
    assert evaluation["band_gap_not_judged"].value == 1
    assert "band_gap_hit_rate" not in {m.key for m in evaluation.measures}
    assert evaluation["all_hit_rate"].value == 0.5  # of the targets with an oracle
    assert evaluation["all_hit_rate"].meaning == "every target but band_gap met"
    assert "no oracle computes it" in evaluation.judge
    alone = write_run(tmp_path / "a", "{band_gap: '>=1'}", salt=salt)
    with pytest.raises(UserError, match="band_gap: no oracle computes it"):
        evaluate_targets(alone)


def test_moduli_come_from_the_oracles_and_a_crystal_is_relaxed_once_for_both(
    tmp_path: Path, crystal_named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bulk modulus of copper by EMT is measured first, then requested."""
    monkeypatch.setattr(oracle_computations, "relax", relax_with_emt)
    run = write_run(tmp_path / "r", "{bulk_modulus: 100}", Cu=crystal_named("Cu"))
    value = evaluate_targets(run, potential=EMT, workers=1)["bulk_modulus_median"].value
    (run / "run.yaml").write_text(f"settings:\n  targets: {{bulk_modulus: {value}}}\n")
    cheap = evaluate_targets(run, potential=EMT, workers=1)
    (run / "run.yaml").write_text(f"settings:\n  targets: {{bulk_modulus: {value}, shear_modulus: '>=10'}}\n")
    both = evaluate_targets(run, potential=EMT, workers=1)
    assert cheap["bulk_modulus_hit_rate"].value == 1
    assert cheap["bulk_modulus_median"].value == pytest.approx(both["bulk_modulus_median"].value, rel=0.01)
    assert both["all_hit_rate"].value == 1
    stored = [json.loads(line)["judge"] for line in (run / JOURNAL).read_text().splitlines()]
    assert stored == [RELAXED, oracle_key(BULK, EMT), oracle_key(TENSOR, EMT)]


def test_a_thrifty_evaluation_asks_costly_oracles_only_where_the_cheap_ones_found_the_target_met(
    tmp_path: Path, crystal_named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def constant(crystal: Crystal, keys: tuple[str, ...], known: dict[str, Finding]) -> dict[str, Finding]:
        asked.extend((crystal.formula, key) for key in keys)
        return {key: Finding({"density": crystal.density, "shear_modulus": 50.0}) for key in keys}

    monkeypatch.setattr(oracle_runner, "ask_oracles", constant)
    crystals = {name: crystal_named(name) for name in ("NaCl", "Cu")}
    run = write_run(tmp_path / "run", "{density: '>=5.0', shear_modulus: '>=20.0'}", **crystals)
    evaluation = evaluate_targets(run, workers=1, thrifty=True)
    assert [formula for formula, key in asked if key == oracle_key(TENSOR)] == ["Cu"]
    assert evaluation["density_hit_rate"].value == evaluation["all_hit_rate"].value == 0.5
    assert "shear_modulus_hit_rate" not in {m.key for m in evaluation.measures}
    reasons = {row["formula"]: row["shear_modulus_reason"] for row in evaluation.crystals}
    assert reasons["Cu"] == ""
    assert "another target is missed" in reasons["NaCl"]
