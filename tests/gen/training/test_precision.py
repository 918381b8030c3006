"""The arithmetic of fine-tuning is the quicker one of this machine, and the same in every run."""

from __future__ import annotations

import pytest

from electrolith.gen.training import precision


@pytest.mark.parametrize(
    ("capabilities", "chosen"),
    [
        ({"avx512_bf16": True, "avx2": True}, "bf16-mixed"),
        ({"amx_bf16": True}, "bf16-mixed"),
        ({"amx_bf16": False, "avx512_bf16": False, "avx2": True}, "32-true"),
        ({}, "32-true"),
    ],
)
def test_bfloat16_is_chosen_where_the_processor_has_units_for_it(
    capabilities: dict[str, bool], chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "_capabilities", lambda: capabilities)
    assert precision.quicker_precision() == chosen


def test_the_processor_is_asked_without_a_measurement() -> None:
    assert len({precision.quicker_precision() for _ in range(5)}) == 1
