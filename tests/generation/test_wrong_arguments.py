"""Wrong arguments in Python and unknown devices are usage errors that say what to write."""

from __future__ import annotations

import pytest

from electrolith import Generator, UserError, predict
from electrolith.gen.devices import available_device


@pytest.mark.parametrize(
    ("arguments", "keywords", "message"),
    [
        (("3",), {"targets": {"chemical_system": "Li-O"}}, r"give Targets\(…\)"),
        ((2, None, {"seed": 3}), {}, r"GenerationOptions\(seed=3"),
        ((1.5,), {}, "whole number"),
        ((2,), {"stepz": 3}, "'stepz' is not an option. Did you mean steps"),
        ((2,), {"checks": ["distance"]}, "Did you mean distances"),
    ],
)
def test_a_wrong_argument_is_refused(
    generator: Generator, arguments: tuple[object, ...], keywords: dict[str, object], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        generator.generate(*arguments, **keywords)  # type: ignore[arg-type]


@pytest.mark.parametrize("device", ["banana", "cuda:7"])
def test_a_device_that_is_not_there_is_refused(device: str) -> None:
    with pytest.raises(UserError, match="There are: auto, cpu"):
        available_device(device)


def test_no_crystals_have_no_predictions() -> None:
    assert predict([]) == []
