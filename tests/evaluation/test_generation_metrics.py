"""Shares of generated crystals: numerator and denominator against a count by hand, for random verdicts."""

from __future__ import annotations

import math
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from electrolith.evaluation.generation_metrics import STABLE, distributions, generation_measures, relaxed_measures
from electrolith.evaluation.metric import Measure
from electrolith.evaluation.structure_metrics import CrystalMetrics

ANSWER = st.sampled_from([True, False, None])
GROUP = st.sampled_from([1, 2, 225, None])
ROWS = st.lists(
    st.builds(
        CrystalMetrics,
        name=st.just("x"), formula=st.just("NaCl"), n_atoms=st.integers(1, 3),
        chemical_system=st.sampled_from(["Na-Cl", "Li-O-P"]), structure_valid=ANSWER, composition_valid=ANSWER,
        distances_usual=ANSWER, volume_usual=ANSWER, space_group=GROUP, space_group_strict=GROUP,
        space_group_asked=GROUP, unique=ANSWER, novel=ANSWER, energy_above_hull=st.sampled_from([0.0, 0.2, math.nan]),
        converged=ANSWER, relaxed_unique=ANSWER, relaxed_novel=ANSWER,
    ),
    max_size=12,
)  # fmt: skip
FEW = settings(max_examples=25, deadline=None)
Rule = Callable[[CrystalMetrics], bool | None]
OF_KNOWN: dict[str, Rule] = {  # unknown crystals are not in the denominator
    "avg_structure_validity": lambda row: row.structure_valid,
    "avg_comp_validity": lambda row: row.composition_valid,
    "frac_usual_distances": lambda row: row.distances_usual,
    "frac_usual_volume": lambda row: row.volume_usual,
    "frac_unique_structures": lambda row: row.unique,
    "frac_novel_structures": lambda row: row.novel,
    "frac_p1": lambda row: None if row.space_group is None else row.space_group == 1,
    "frac_p1_strict": lambda row: None if row.space_group_strict is None else row.space_group_strict == 1,
}
OF_ALL: dict[str, Rule] = {  # unknown counts as not met
    "frac_stable_structures": lambda row: row.energy_above_hull <= STABLE,
    "frac_novel_unique_stable_structures": lambda row: (
        row.energy_above_hull <= STABLE and bool(row.relaxed_novel) and bool(row.relaxed_unique)
    ),
}


def counted(measure: Measure) -> tuple[int, int]:
    """Numerator and denominator."""
    return (round(measure.value * measure.n), measure.n) if measure.n else (0, 0)


@FEW
@given(ROWS, st.integers(0, 3))
def test_every_share_has_the_numerator_and_the_denominator_of_a_count_by_hand(
    rows: list[CrystalMetrics], unreadable: int
) -> None:
    measures = {m.key: m for m in generation_measures(rows, unreadable)}
    assert counted(measures["frac_readable"]) == (len(rows), len(rows) + unreadable)
    for key, rule in OF_KNOWN.items():
        answers = [rule(row) for row in rows]
        assert counted(measures[key]) == (answers.count(True), answers.count(True) + answers.count(False)), key
        assert ("unknown for" in measures[key].meaning) == (None in answers), key
    relaxed = {m.key: m for m in relaxed_measures(rows, "chgnet")}
    for key, rule in OF_ALL.items():
        assert counted(relaxed[key]) == (sum(bool(rule(row)) for row in rows), len(rows)), key
    requested = [row for row in rows if row.space_group_asked is not None]
    if requested:
        equal = sum(row.space_group == row.space_group_asked for row in requested)
        assert counted(measures["frac_space_group_as_asked"]) == (equal, len(requested))


@FEW
@given(ROWS)
def test_two_verdicts_together_are_unknown_only_where_the_unknown_one_decides(rows: list[CrystalMetrics]) -> None:
    measures = {m.key: m for m in generation_measures(rows)}
    for key, pairs in (
        ("avg_structure_comp_validity", [(row.structure_valid, row.composition_valid) for row in rows]),
        ("frac_novel_unique_structures", [(row.novel, row.unique) for row in rows]),
    ):
        true = sum(pair == (True, True) for pair in pairs)
        assert counted(measures[key]) == (true, true + sum(False in pair for pair in pairs))


@FEW
@given(ROWS)
def test_each_distribution_counts_every_crystal_once_and_the_unknown_by_that_name(rows: list[CrystalMetrics]) -> None:
    found = distributions(rows, [])
    for name in ("space groups", "crystal systems", "atoms", "numbers of elements"):
        assert sum(found[name].values()) == len(rows)
    assert found["space groups"].get("unknown", 0) == sum(row.space_group is None for row in rows)
    assert found["space groups"].get("1", 0) == sum(row.space_group == 1 for row in rows)
    assert found["crystal systems"].get("unknown", 0) == found["space groups"].get("unknown", 0)
