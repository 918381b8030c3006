"""Values without NaN can be written as strict JSON, and finite values stay as they are."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from electrolith.io.json_values import json_values

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_strict_json_takes_any_value(value: object, as_text: bool) -> None:
    json.dumps(json_values(value, as_text), allow_nan=False)


@given(st.recursive(st.integers() | st.floats(allow_nan=False, allow_infinity=False), st.lists))
def test_finite_values_stay(value: object) -> None:
    assert json_values(value) == value
