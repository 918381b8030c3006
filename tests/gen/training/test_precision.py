"""The arithmetic of fine-tuning is the quicker one of this machine."""

from __future__ import annotations

import pytest

from electrolith.gen.training import precision


@pytest.mark.parametrize("slow", list(precision.BY_NAME))
def test_the_arithmetic_that_takes_less_time_is_chosen(slow: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "_seconds", lambda kind: 1.0 if kind is precision.BY_NAME[slow] else 0.5)
    assert precision.quicker_precision() != slow


def test_both_are_timed() -> None:
    assert all(precision._seconds(kind) > 0 for kind in precision.BY_NAME.values())
    assert precision.quicker_precision() in precision.BY_NAME
