"""Asked against found: what counts as found, hit rates and lifts, and that nothing is judged twice."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from electrolith.cli.app import app
from electrolith.conditioners.interval import Interval
from electrolith.conditioners.property_target import PropertyTarget
from electrolith.conditioners.targets import Targets
from electrolith.evaluation import evaluate_targets
from electrolith.evaluation import oracle_runner as judging
from electrolith.evaluation import oracles as judges
from electrolith.evaluation.calibration_plot import GAP, MARGIN, SIDE, calibration_plot
from electrolith.evaluation.evaluate_targets import found_measures, lift_measures
from electrolith.evaluation.evaluation import Evaluation
from electrolith.evaluation.metric import Measure, ratio
from electrolith.evaluation.oracle_results import Found
from electrolith.evaluation.oracle_runner import JOURNAL, Journal, judge_all
from electrolith.evaluation.oracles import BULK, RELAXED, TENSOR, Finding, judges_of, key
from electrolith.evaluation.requested import Asked, properties_asked
from electrolith.evaluation.substitution import alike, exchanged, exchanges
from electrolith.evaluation.substitution_baseline import retrieve
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import OrbitDataset
from electrolith.gen.errors import UserError
from electrolith.gen.properties import PROPERTY_NAMES
from electrolith.gen.symmetry.orbits import crystal_of, orbits_of
from electrolith.validators.relaxation.relax import relax
from electrolith.validators.structure.symmetry import found_space_group

Named = Callable[[str], Crystal]
EMT = "ase.calculators.emt:EMT"


def a_run(folder: Path, targets: str, table: str = "", **crystals: Crystal) -> Path:
    """A folder as ``electrolith generate`` leaves it."""
    (folder / "cifs").mkdir(parents=True)
    for name, crystal in crystals.items():
        crystal.structure.to(filename=str(folder / "cifs" / f"{name}.cif"))
    (folder / "run.yaml").write_text(f"settings:\n  n: {len(crystals)}\n  targets: {targets}\n")
    if table:
        (folder / "crystals.csv").write_text(table)
    return folder


def by_key(measures: list[Measure]) -> dict[str, Measure]:
    return {m.key: m for m in measures}


def found(*values: float) -> list[Found]:
    return [Found(f"c{k}", value / 2, value, asked=100.0) for k, value in enumerate(values)]


@pytest.mark.parametrize(
    ("interval", "inside", "outside"),
    [
        (Interval(100, 100), (75, 100, 125), (74.9, 125.1, math.nan)),
        (Interval(-2, -2), (-2.5, -1.5), (-2.6, -1.4, 2)),
        (Interval(20, 60), (20, 60), (19.9, 60.1)),
        (Interval(-math.inf, 0.5), (0, 0.5), (0.51, math.inf, math.nan)),
    ],
)
def test_a_quarter_around_a_number_and_the_ends_of_an_interval_count_as_found(
    interval: Interval, inside: tuple[float, ...], outside: tuple[float, ...]
) -> None:
    asked = Asked(PropertyTarget("bulk_modulus", interval))
    assert all(asked.meets(value) for value in inside)
    assert not any(asked.meets(value) for value in outside)


def test_hit_rates_count_what_could_not_be_judged_as_missed() -> None:
    """Five crystals asked for 100: 80 and 120 are hits, 200 and 50 are not, one is unknown."""
    rows = found(80, 120, 200, 50, math.nan)
    measures = by_key(found_measures("bulk_modulus", Asked(PropertyTarget("bulk_modulus", Interval(100, 100))), rows))
    assert measures["bulk_modulus_hit_rate"].value == pytest.approx(2 / 5)
    assert measures["bulk_modulus_hit_rate_of_judged"].value == pytest.approx(2 / 4)
    assert measures["bulk_modulus_not_judged"].value == pytest.approx(1 / 5)
    assert measures["bulk_modulus_median"].value == pytest.approx(100)
    assert measures["bulk_modulus_mean_absolute_error"].value == pytest.approx((20 + 20 + 100 + 50) / 4)
    assert measures["bulk_modulus_hit_rate_raw"].value == pytest.approx(1 / 5)  # 40, 60, 100, 25: half of each


def test_the_lift_is_the_ratio_of_the_hit_rates() -> None:
    asked = Asked(PropertyTarget("bulk_modulus", Interval(100, 100)))
    rows, base = found(80, 120, 200, 50), found(100, *[300] * 9)
    measures = by_key(lift_measures("bulk_modulus", asked, rows, base))
    assert measures["bulk_modulus_lift"].value == pytest.approx((2 / 4) / (1 / 10))
    assert measures["bulk_modulus_baseline_median"].value == pytest.approx(300)


@pytest.mark.parametrize("base", [0, 3, 20])
def test_a_lift_lies_in_its_interval_which_shrinks_with_n_and_is_finite(base: int) -> None:
    def lift(times: int) -> Measure:
        flags = [True] * 12 * times + [False] * 8 * times
        return ratio("x", flags, [True] * base * times + [False] * (20 - base) * times, "")

    few, many = lift(1), lift(10)
    assert all(m.low < m.value < m.high < math.inf for m in (few, many))
    assert base == 0 or math.log(many.high / many.low) < math.log(few.high / few.low)


def test_an_interval_of_equal_shares_holds_one_and_nothing_is_the_lift_of_nothing() -> None:
    even = ratio("x", [True, False] * 30, [False, True] * 30, "")
    assert even.value == 1
    assert even.low < 1 < even.high
    assert math.isnan(ratio("x", [], [True], "").value)


def test_no_path_counts_as_a_missed_high_barrier() -> None:
    rows = [Found("a", math.inf, math.inf), Found("b", 0.3, 0.3), Found("c", math.inf, math.inf)]
    measures = by_key(found_measures("li_barrier", Asked(PropertyTarget("li_barrier", Interval(-math.inf, 0.5))), rows))
    assert measures["li_barrier_hit_rate"].value == pytest.approx(1 / 3)
    assert measures["li_barrier_not_judged"].value == 0
    assert math.isfinite(measures["li_barrier_median"].value)


@pytest.mark.parametrize("column", ["asked_bulk_modulus", "bulk_modulus_asked"])
def test_what_each_crystal_was_asked_for_is_in_the_table_under_either_name(
    tmp_path: Path, crystal_named: Named, column: str
) -> None:
    run = a_run(tmp_path / "r", "{bulk_modulus: 80..120}", f"id,{column},bulk_modulus_predicted\na,90,95\nb,x,\n")
    asked = properties_asked(run)["bulk_modulus"]
    assert asked.of("a") == 90
    assert asked.predicted == {"a": 95}
    assert math.isnan(asked.of("b"))
    assert Asked(PropertyTarget("bulk_modulus", Interval(100, 100))).of("anything") == 100


def test_the_chance_that_was_foreseen_is_told_beside_what_is_found(tmp_path: Path, crystal_named: Named) -> None:
    wish, table = "{density: '>=1'}", "id,density_asked,density_predicted{}\na,2,2{}\n"
    run = a_run(tmp_path / "r", wish, table.format(",chance_as_asked", ",0.25"), a=crystal_named("Cu"))
    found = evaluate_targets(run, workers=1)
    assert found["chance_as_asked"].value == 0.25
    assert found.crystals[0]["chance_as_asked"] == 0.25
    run = a_run(tmp_path / "s", wish, table.format("", ""), a=crystal_named("Cu"))
    assert "chance_as_asked" not in {m.key for m in evaluate_targets(run, workers=1).measures}


def test_a_folder_without_a_run_or_without_a_property_is_the_users_mistake(
    tmp_path: Path, crystal_named: Named
) -> None:
    with pytest.raises(UserError, match=r"run\.yaml is missing"):
        properties_asked(tmp_path)
    with pytest.raises(UserError, match="asked for no property"):
        evaluate_targets(a_run(tmp_path / "r", "{space_group: 225}", NaCl=crystal_named("NaCl")))


def test_density_is_judged_exactly_and_a_band_gap_by_nobody(tmp_path: Path, crystal_named: Named) -> None:
    salt, copper = crystal_named("NaCl"), crystal_named("Cu")
    run = a_run(tmp_path / "r", f"{{density: {salt.density}, band_gap: '>=1'}}", salt=salt, copper=copper)
    without = a_run(tmp_path / "w", "{}", copper=copper)
    evaluation = evaluate_targets(run, without, workers=1)
    assert evaluation["density_hit_rate"].value == 0.5
    assert evaluation["density_median"].value == pytest.approx((salt.density + copper.density) / 2, rel=1e-4)
    assert evaluation["density_baseline_hit_rate"].value == 0
    assert evaluation["band_gap_not_judged"].value == 1
    assert "band_gap_hit_rate" not in by_key(evaluation.measures)
    assert evaluation["all_hit_rate"].value == 0.5  # of what can be told
    assert evaluation["all_hit_rate"].meaning == "every target but band_gap met"
    assert "no judge tells it" in evaluation.judge
    alone = a_run(tmp_path / "a", "{band_gap: '>=1'}", salt=salt)
    with pytest.raises(UserError, match="band_gap alone: no judge tells it"):
        evaluate_targets(alone)


def test_the_command_writes_json_and_the_plot(tmp_path: Path, crystal_named: Named) -> None:
    salt = crystal_named("NaCl")
    run = a_run(tmp_path / "r", f"{{density: {salt.density}}}", salt=salt)
    result, plot = tmp_path / "x.json", tmp_path / "x.svg"
    words = ["evaluate", str(run), "--targets", "--workers", "1", "--json", str(result), "--plot", str(plot)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert json.loads(result.read_text())["metrics"]["density_hit_rate"]["value"] == 1
    assert plot.read_text().count("<circle") == 2  # the crystal and the legend
    assert CliRunner().invoke(app, ["evaluate", str(run), "--plot", str(plot)]).exit_code == 2


def test_bulk_and_shear_moduli_go_through_the_judges(
    tmp_path: Path, crystal_named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copper by EMT, whose K is 134 GPa, once by two strains and once by the whole tensor."""
    monkeypatch.setattr(judges, "relax", partial(relax, potential=EMT))
    copper = crystal_named("Cu")
    run = a_run(tmp_path / "r", "{bulk_modulus: 134}", Cu=copper)
    cheap = evaluate_targets(run, potential=EMT, workers=1)
    (tmp_path / "r" / "run.yaml").write_text("settings:\n  targets: {bulk_modulus: 134, shear_modulus: '>=10'}\n")
    whole = evaluate_targets(run, potential=EMT, workers=1)
    cheap.save(tmp_path / "cheap.json")
    assert cheap["bulk_modulus_hit_rate"].value == 1
    assert cheap["bulk_modulus_median"].value == pytest.approx(whole["bulk_modulus_median"].value, rel=0.01)
    assert whole["all_hit_rate"].value == 1
    kept = [json.loads(line)["judge"] for line in (run / JOURNAL).read_text().splitlines()]
    assert kept == [RELAXED, key(BULK, EMT), key(TENSOR, EMT)]  # relaxed once for both


def test_the_cheapest_judges_are_asked() -> None:
    assert judges_of(["bulk_modulus"]) == (BULK,)
    assert judges_of(["bulk_modulus", "shear_modulus", "band_gap"]) == (TENSOR,)
    assert judges_of(["li_barrier_1d", "energy_above_hull"]) == ("energy", "barrier")


def test_a_killed_evaluation_goes_on_and_a_half_written_line_is_judged_again(
    tmp_path: Path, crystal_named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(crystal: Crystal, keys: tuple[str, ...], known: dict[str, Finding]) -> dict[str, Finding]:
        asked.append(crystal.formula)
        return {k: Finding({"density": crystal.density}) for k in keys}

    monkeypatch.setattr(judging, "find", counted)
    crystals = [crystal_named(name) for name in ("NaCl", "Cu", "Li2O")]
    journal = Journal(tmp_path / JOURNAL)
    first = judge_all(crystals, ("density",), journal, workers=1)
    content = journal.path.read_bytes()
    journal.path.write_bytes(content[:-20])
    asked.clear()
    second = judge_all(crystals, ("density",), journal, workers=1)
    assert asked == ["Li2O"]
    assert [f["density"].values for f in second] == [f["density"].values for f in first]
    assert journal.path.read_bytes() == content
    asked.clear()
    swollen = Crystal.of(1.1 * crystals[0].lattice, crystals[0].frac_coords, crystals[0].atomic_numbers, "NaCl")
    judge_all([swollen], ("density",), journal, workers=1)
    assert asked == ["NaCl"]  # the same name, but another crystal


def test_a_thrifty_evaluation_asks_costly_judges_only_where_the_cheap_ones_are_content(
    tmp_path: Path, crystal_named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def told(crystal: Crystal, keys: tuple[str, ...], known: dict[str, Finding]) -> dict[str, Finding]:
        asked.extend((crystal.formula, k) for k in keys)
        return {k: Finding({"density": crystal.density, "shear_modulus": 50.0}) for k in keys}

    monkeypatch.setattr(judging, "find", told)
    crystals = {name: crystal_named(name) for name in ("NaCl", "Cu")}
    run = a_run(tmp_path / "run", "{density: '>=5.0', shear_modulus: '>=20.0'}", **crystals)
    found = evaluate_targets(run, workers=1, thrifty=True)
    assert [formula for formula, k in asked if k == key(TENSOR)] == ["Cu"]
    measures = by_key(list(found.measures))
    assert measures["density_hit_rate"].value == measures["all_hit_rate"].value == 0.5
    assert "shear_modulus_hit_rate" not in measures
    reasons = {row["formula"]: row["shear_modulus_reason"] for row in found.crystals}
    assert reasons["Cu"] == ""
    assert "another target is missed" in reasons["NaCl"]


def test_a_crystal_on_a_saddle_is_judged_by_what_it_falls_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Body-centred copper becomes face-centred: K 134 GPa, G 57 GPa by EMT; unstable as it is, it would have none."""
    monkeypatch.setattr(judges, "relax", partial(relax, potential=EMT))
    saddle = Crystal.of(2.87 / 2 * (np.ones((3, 3)) - 2 * np.eye(3)), [[0, 0, 0]], [29])
    said = judges.find(saddle, (key(TENSOR, EMT),), {})[key(TENSOR, EMT)]
    assert said.values == pytest.approx({"bulk_modulus": 134.0, "shear_modulus": 57.0}, rel=0.02), said.reason


def test_a_failed_relaxation_is_the_reason_of_all_that_follows(crystal_named: Named) -> None:
    failed = {RELAXED: Finding(reason="not relaxed: it burst")}
    said = judges.find(crystal_named("Cu"), (key(BULK), "barrier", "density"), failed)
    assert said[key(BULK)].reason == said["barrier"].reason == "not relaxed: it burst"
    assert said["density"].values["density"] > 8


def test_a_run_that_keeps_its_promise_lies_on_the_diagonal() -> None:
    rows = [
        {"density_asked": value, "density_found": value, "bulk_modulus_asked": 10 * value, "bulk_modulus_found": 99.0}
        for value in (1.0, 3.0, 8.0)
    ]
    text = calibration_plot(Evaluation("", "", {}, (), crystals=rows))
    places = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="3.5"', text)]
    assert len(places) == 6
    off = [abs((x - MARGIN) - (GAP + SIDE - y)) for x, y in places]
    assert max(off[:3]) < 0.2
    assert max(off[3:]) > 10


def test_like_elements_are_exchanged_with_symmetry_kept_and_the_volume_that_fits(crystal_named: Named) -> None:
    sodium, lithium, chlorine, bromine = 11, 3, 17, 35
    assert lithium in alike(sodium)
    assert alike(chlorine)[0] == bromine
    assert all(new not in (sodium, chlorine) for _, new in exchanges(orbits_of(crystal_named("NaCl"))))
    salt = orbits_of(crystal_named("NaCl"))
    made = crystal_of(exchanged(salt, chlorine, bromine))
    assert made.formula == "NaBr"
    assert found_space_group(made) == 225
    assert made.volume / crystal_named("NaCl").volume == pytest.approx((20.3 + 37.6) / (20.3 + 30.7))


def test_retrieved_crystals_come_from_training_crystals_with_the_property(crystal_named: Named) -> None:
    names = ("NaCl", "Li2O", "Cu")
    properties = np.full((3, len(PROPERTY_NAMES)), np.nan)
    properties[:, PROPERTY_NAMES.index("bulk_modulus")] = 25, 80, 26
    known = OrbitDataset.of([orbits_of(crystal_named(n)) for n in names], names, properties, np.array([0, 0, 2]))
    (made,) = retrieve(Targets(bulk_modulus=24), 5, known=known)
    assert made.source == "NaCl"  # lithium oxide is too stiff, copper belongs to the test split
    assert made.orbits.space_group == 225
    more = retrieve(Targets(bulk_modulus="10..100"), 5, known=known)
    assert [one.source for one in more] in (["NaCl", "Li2O"], ["Li2O", "NaCl"])
    assert not {crystal_of(one.orbits).formula for one in more} & set(names)
    with pytest.raises(UserError, match="no known crystal"):
        retrieve(Targets(bulk_modulus=500), 5, known=known)
