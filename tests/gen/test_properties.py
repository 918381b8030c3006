"""Laws of property sets: scales round trip, columns keep their places, names are unique."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from electrolith.gen.custom_properties import custom_properties, properties_in, properties_of_record, write_custom
from electrolith.gen.data.dataset import OrbitDataset, reference_set
from electrolith.gen.errors import UserError
from electrolith.gen.properties import SHIPPED, Property, PropertySet

CUSTOM = (
    Property("melting_point", "K", 1200.0, 500.0, low=300.0, high=3000.0),
    Property("lifetime", "ns", -1.0, 2.5, log=True),
)


def random_set(seed: int) -> PropertySet:
    rng = np.random.default_rng(seed)
    scales = zip(rng.normal(size=5), rng.uniform(0.1, 3, size=5), rng.random(5) < 0.5, strict=True)
    return PropertySet(tuple(Property(f"p{k}", "", c, w, bool(log)) for k, (c, w, log) in enumerate(scales)))


@pytest.mark.parametrize("properties", [SHIPPED, SHIPPED.extended(CUSTOM), *map(random_set, range(5))])
def test_restore_is_the_inverse_of_normalise(properties: PropertySet) -> None:
    normalised = np.random.default_rng(0).uniform(-2.5, 3.9, size=(40, len(properties)))
    values = properties.restore(normalised)
    np.testing.assert_allclose(properties.normalise(values), normalised, atol=1e-5)
    again = properties.restore(properties.normalise(values).astype(float))
    np.testing.assert_allclose(again, values, rtol=1e-4, atol=1e-5)


def test_unknown_values_stay_unknown_and_extreme_ones_are_clipped() -> None:
    assert (SHIPPED.normalise(np.full((1, len(SHIPPED)), np.inf)) == 4).all()
    lowest = SHIPPED.normalise(np.full((1, len(SHIPPED)), -np.inf))[0]
    assert all(x == -4 for x, p in zip(lowest, SHIPPED, strict=True) if not p.log)
    assert (lowest == SHIPPED.normalise(np.array([[0.0 if p.log else -np.inf for p in SHIPPED]]))[0]).all()
    assert np.isnan(SHIPPED.normalise(np.full((1, len(SHIPPED)), np.nan))).all()


def test_an_extended_set_keeps_the_columns_of_the_earlier_one() -> None:
    extended = SHIPPED.extended(CUSTOM)
    assert extended[: len(SHIPPED)] == SHIPPED
    assert extended[len(SHIPPED) :] == PropertySet(CUSTOM)
    assert extended.extended(CUSTOM) == extended == SHIPPED.extended(CUSTOM[:1]).extended(CUSTOM[1:])
    assert [extended.column(name) for name in extended.names] == list(range(len(extended)))
    assert all(extended.named(p.name) is p for p in extended)


def test_a_name_has_one_meaning_in_a_set() -> None:
    other = Property("melting_point", "°C", 900.0, 500.0)
    with pytest.raises(UserError, match="two properties are called melting_point"):
        SHIPPED.extended((*CUSTOM, other))
    with pytest.raises(ValueError, match="twice"):
        PropertySet((*CUSTOM, other))
    assert SHIPPED.extended([other]).named("melting_point").unit == "°C"  # another set, another meaning


def test_an_unknown_name_gets_the_nearest_names() -> None:
    with pytest.raises(UserError, match="Did you mean bulk_modulus"):
        SHIPPED.named("bulk_moduls")
    with pytest.raises(UserError, match="unknown property 'melting_point'"):
        SHIPPED.column("melting_point")


def test_a_set_is_read_back_from_a_folder_and_from_the_record_of_a_run(tmp_path: Path) -> None:
    assert properties_in(tmp_path) == SHIPPED
    write_custom(tmp_path, CUSTOM)
    assert custom_properties(tmp_path) == CUSTOM
    assert properties_in(tmp_path) == SHIPPED.extended(CUSTOM)
    record = {"properties": [{"name": "melting_point", "unit": "K", "centre": 1200.0, "width": 500.0}]}
    assert properties_of_record(record, tmp_path).names == (*SHIPPED.names, "melting_point")
    assert properties_of_record({}, tmp_path) == SHIPPED
    with pytest.raises(UserError, match="not a list of properties"):
        properties_of_record({"properties": "melting_point"}, tmp_path)


def test_a_data_set_keeps_the_names_of_its_columns(tmp_path: Path) -> None:
    names = ("lifetime", "band_gap", "melting_point")
    some = reference_set().take(np.arange(6)).with_columns(names)
    assert np.isnan(some.property("lifetime")).all()
    np.testing.assert_array_equal(some.property("band_gap"), reference_set().property("band_gap")[:6])
    some.properties[:, 2] = np.arange(6.0)
    some.save(tmp_path / "some.npz")
    back = OrbitDataset.load(tmp_path / "some.npz")
    assert back.names == (*SHIPPED.names, "lifetime", "melting_point")
    np.testing.assert_array_equal(back.with_columns(names).properties, some.properties)
    with pytest.raises(ValueError, match="different properties"):
        OrbitDataset.joined([some, back])
