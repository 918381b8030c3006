"""Targets of a run and the values requested of its crystals are read from its folder."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from folders import write_run

from electrolith.conditioners.interval import Interval
from electrolith.conditioners.property_target import PropertyTarget
from electrolith.evaluation.requested import RequestedProperty, requested_properties
from electrolith.gen.errors import UserError
from electrolith.gen.properties import SHIPPED


@pytest.mark.parametrize(
    ("interval", "inside", "outside"),
    [
        (Interval(100, 100), (75, 100, 125), (74.9, 125.1, math.nan)),
        (Interval(-2, -2), (-2.5, -1.5), (-2.6, -1.4, 2)),
        (Interval(20, 60), (20, 60), (19.9, 60.1)),
        (Interval(-math.inf, 0.5), (0, 0.5), (0.51, math.inf, math.nan)),
    ],
)
def test_a_quarter_around_a_number_and_the_ends_of_an_interval_meet_the_target(
    interval: Interval, inside: tuple[float, ...], outside: tuple[float, ...]
) -> None:
    requested = RequestedProperty(PropertyTarget(SHIPPED.named("bulk_modulus"), interval))
    assert all(requested.meets(value) for value in inside)
    assert not any(requested.meets(value) for value in outside)


@pytest.mark.parametrize("column", ["asked_bulk_modulus", "bulk_modulus_asked"])
def test_the_value_requested_of_each_crystal_is_in_the_table_under_either_name(tmp_path: Path, column: str) -> None:
    run = write_run(tmp_path / "r", "{bulk_modulus: 80..120}", f"id,{column},bulk_modulus_predicted\na,90,95\nb,x,\n")
    requested = requested_properties(run)["bulk_modulus"]
    assert requested.value_for("a") == 90
    assert requested.predicted == {"a": 95}
    assert math.isnan(requested.value_for("b"))
    assert (
        RequestedProperty(PropertyTarget(SHIPPED.named("bulk_modulus"), Interval(100, 100))).value_for("anything")
        == 100
    )


def test_a_folder_without_a_run_or_without_a_property_target_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"run\.yaml.* is missing"):
        requested_properties(tmp_path)
    with pytest.raises(UserError, match="no property target"):
        requested_properties(write_run(tmp_path / "r", "{space_group: 225}"))
