"""Laws of the networks' conditions: columns by name, defaults, no effect of absent targets."""

from __future__ import annotations

import numpy as np
import pytest

from electrolith.gen.properties import SHIPPED, Property
from electrolith.gen.sampling.conditions import DEFAULTS, conditions_of

CUSTOM = SHIPPED.extended([Property("melting_point", "K", 1200.0, 500.0)])


def test_a_target_fills_its_own_column_and_no_other() -> None:
    values = {"melting_point": 1700.0, "band_gap": 3.5}
    shown, hidden = conditions_of(CUSTOM, 2, [values, {}])
    for k, p in enumerate(CUSTOM):
        default = p.normalise(np.array(DEFAULTS.get(p.name, np.nan)))
        expected = p.normalise(np.array(values[p.name])) if p.name in values else default
        assert shown[0, k] == pytest.approx(float(expected), nan_ok=True)
        assert hidden[0, k] == pytest.approx(float(default), nan_ok=True)
    np.testing.assert_array_equal(shown[1], hidden[1])  # nothing to strengthen without targets
    np.testing.assert_array_equal(hidden[0], hidden[1])


def test_a_target_replaces_the_default_of_its_property() -> None:
    column = SHIPPED.column("energy_above_hull")
    shown, hidden = conditions_of(SHIPPED, 1, [{"energy_above_hull": 0.08}])
    assert shown[0, column] == pytest.approx(1.0)
    assert np.isnan(hidden[0, column])


def test_without_crystals_there_are_no_conditions() -> None:
    assert [x.shape for x in conditions_of(CUSTOM, 0, None)] == [(0, len(CUSTOM))] * 2
