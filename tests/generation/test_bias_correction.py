"""Made crystals against what is foreseen: the models aim so that the mended prediction is what was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from electrolith.gen.properties import SHIPPED
from electrolith.gen.surrogate.orbit_surrogate import Predictions
from electrolith.generation import bias_correction as made
from electrolith.validators.chemistry.anion_families import FAMILIES, WITHOUT, family_of

SALT, METAL = (11, 17), (12, 50)  # NaCl and Mg-Sn


@pytest.mark.parametrize("elements", [SALT, METAL])
@pytest.mark.parametrize("value", [3.0, 10.0, 17.0, 60.0, 119.0, 300.0])
def test_a_prediction_and_all_predictions_are_mended_alike(value: float, elements: tuple[int, ...]) -> None:
    values = np.full((1, len(SHIPPED)), np.nan)
    values[0, SHIPPED.column("shear_modulus")] = value
    values[0, SHIPPED.column("band_gap")] = 2.0
    found = made.all_corrected(Predictions(values, np.ones_like(values)), [elements])
    mended = [column.item() for column in found.of("shear_modulus")]
    assert mended == pytest.approx(made.corrected("shear_modulus", value, 1.0, elements))
    assert mended[1] >= 1.0
    assert made.corrected("band_gap", 2.0, 1.0, elements) == (2.0, 1.0) == tuple(x.item() for x in found.of("band_gap"))
    assert np.isnan(found.of("bulk_modulus")[0]).all()


def test_each_family_of_crystals_is_mended_by_its_own_curve() -> None:
    values = np.full((2, len(SHIPPED)), 10.0)
    both = made.all_corrected(Predictions(values, np.ones_like(values)), [SALT, METAL]).of("shear_modulus")[0]
    curves = made.curves()["shear_modulus"]
    assert both.tolist() == [curves[family].corrected(np.array([10.0]))[0] for family in ("halides", WITHOUT)]


@pytest.mark.parametrize("asked", [3.0, 10.0, 17.0, 60.0, 119.0, 300.0])
def test_what_the_models_are_told_is_foreseen_of_all_as_asked(asked: float) -> None:
    told = made.inverse_corrected({"shear_modulus": asked, "band_gap": 2.0})
    assert told["band_gap"] == 2.0
    back = made.curves()["shear_modulus"][made.ALL].corrected(np.array([told["shear_modulus"]]))
    assert back == pytest.approx([asked])


def test_the_measured_curves_rise() -> None:
    for name, by_family in made.curves().items():
        assert name in SHIPPED.names
        assert set(by_family) == {*FAMILIES, made.ALL}
        for curve in by_family.values():
            assert (np.diff(curve.foreseen) > 0).all()
            assert (np.diff(curve.found) > 0).all()
            assert min(curve.wider) >= 0
        assert min(by_family[made.ALL].crystals) > 0


@pytest.mark.parametrize(
    ("elements", "family"),
    [
        (SALT, "halides"),
        (METAL, WITHOUT),
        ((3, 15, 16), "chalcogenides"),
        ((3, 16, 8), "oxides and nitrides"),  # a sulfate
        ((3, 15, 16, 17), "halides"),
        ((3, 15, 9), "fluorides"),
        ((3, 7), "oxides and nitrides"),
        ((), WITHOUT),
    ],
)
def test_the_most_electronegative_anion_gives_the_family(elements: tuple[int, ...], family: str) -> None:
    assert family_of(elements) == family
