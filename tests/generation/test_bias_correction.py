"""Laws of the bias correction: one prediction or many, monotonic, and the inverse for conditioned values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from electrolith.gen.properties import SHIPPED
from electrolith.gen.surrogate.orbit_surrogate import Predictions
from electrolith.generation import bias_correction
from electrolith.validators.chemistry.anion_families import FAMILIES, WITHOUT, family_of

SALT, METAL = (11, 17), (12, 50)  # NaCl and Mg-Sn


@pytest.mark.parametrize("elements", [SALT, METAL])
@pytest.mark.parametrize("value", [3.0, 10.0, 17.0, 60.0, 119.0, 300.0])
def test_one_prediction_is_corrected_as_many_are(value: float, elements: tuple[int, ...]) -> None:
    values = np.full((1, len(SHIPPED)), np.nan)
    values[0, SHIPPED.column("shear_modulus")] = value
    values[0, SHIPPED.column("band_gap")] = 2.0
    found = bias_correction.all_corrected(Predictions(values, np.ones_like(values)), [elements])
    one = [column.item() for column in found.of("shear_modulus")]
    assert one == pytest.approx(bias_correction.corrected("shear_modulus", value, 1.0, elements))
    assert one[1] >= 1.0
    assert (
        bias_correction.corrected("band_gap", 2.0, 1.0, elements)
        == (2.0, 1.0)
        == tuple(x.item() for x in found.of("band_gap"))
    )
    assert np.isnan(found.of("bulk_modulus")[0]).all()


def test_each_family_of_crystals_is_corrected_by_its_own_curve() -> None:
    values = np.full((2, len(SHIPPED)), 10.0)
    both = bias_correction.all_corrected(Predictions(values, np.ones_like(values)), [SALT, METAL]).of("shear_modulus")[
        0
    ]
    curves = bias_correction.curves()["shear_modulus"]
    assert both.tolist() == [curves[family].corrected(np.array([10.0]))[0] for family in ("halides", WITHOUT)]


@pytest.mark.parametrize("requested", [3.0, 10.0, 17.0, 60.0, 119.0, 300.0])
def test_the_correction_gives_back_the_requested_value(requested: float) -> None:
    condition = bias_correction.inverse_corrected({"shear_modulus": requested, "band_gap": 2.0})
    assert condition["band_gap"] == 2.0
    back = bias_correction.curves()["shear_modulus"][bias_correction.ALL].corrected(
        np.array([condition["shear_modulus"]])
    )
    assert back == pytest.approx([requested])


@given(value=st.floats(0.5, 1000), family=st.sampled_from([*FAMILIES, bias_correction.ALL]))
def test_the_inverse_undoes_the_correction_between_the_measured_points_and_beyond(value: float, family: str) -> None:
    for by_family in bias_correction.curves().values():
        curve = by_family[family]
        for there in (*curve.measured, value * curve.measured[-1], curve.measured[0] / (1 + value)):
            back = curve.corrected(np.array([curve.inverse_corrected(there)]))
            assert back[0] == pytest.approx(there, rel=1e-9)


def test_a_curve_is_read_back_from_its_file_as_it_was() -> None:
    for by_family in bias_correction.curves().values():
        for curve in by_family.values():
            assert bias_correction.Curve.from_mapping(curve.as_mapping()) == curve
            assert set(curve.as_mapping()) == {"asked", "foreseen", "found", "wider", "crystals"}


def test_the_measured_curves_rise() -> None:
    for name, by_family in bias_correction.curves().items():
        assert name in SHIPPED.names
        assert set(by_family) == {*FAMILIES, bias_correction.ALL}
        for curve in by_family.values():
            assert (np.diff(curve.predicted) > 0).all()
            assert (np.diff(curve.measured) > 0).all()
            assert min(curve.excess) >= 0
        assert min(by_family[bias_correction.ALL].crystals) > 0


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
