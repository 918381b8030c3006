"""Made crystals against what is foreseen: the models aim so that the mended prediction is what was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from electrolith import made
from electrolith.gen.properties import PROPERTY_NAMES
from electrolith.gen.surrogate.surrogate import Predictions


@pytest.mark.parametrize("asked", [3.0, 10.0, 17.0, 60.0, 119.0, 300.0])
def test_what_the_models_are_told_is_foreseen_as_asked(asked: float) -> None:
    told = made.told({"shear_modulus": asked, "band_gap": 2.0})
    assert told["band_gap"] == 2.0
    values = np.full((1, len(PROPERTY_NAMES)), np.nan)
    for name, value in told.items():
        values[0, PROPERTY_NAMES.index(name)] = value
    found = made.all_mended(Predictions(values, np.ones_like(values)))
    assert found.of("shear_modulus")[0] == pytest.approx([asked])
    assert found.of("band_gap")[0] == pytest.approx([2.0])
    assert np.isnan(found.of("bulk_modulus")[0]).all()
    assert made.mended("shear_modulus", told["shear_modulus"]) == pytest.approx(asked)
    assert made.mended("band_gap", 2.0) == 2.0


def test_the_measured_curves_rise() -> None:
    for name, curve in made.curves().items():
        assert name in PROPERTY_NAMES
        assert (np.diff(curve.foreseen) > 0).all()
        assert (np.diff(curve.found) > 0).all()
        assert min(curve.crystals) > 0
        assert curve.known > 0
