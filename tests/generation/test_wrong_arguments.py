"""Wrong arguments in Python and unknown devices are usage errors that say what to write."""

from __future__ import annotations

import pytest

from electrolith import Generator, UserError, predict
from electrolith.gen.devices import available_device
from electrolith.generation.options import GenerationOptions
from electrolith.generation.settings import Settings


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


def test_predictions_of_anything_else_than_crystals_are_refused() -> None:
    with pytest.raises(UserError, match="'x' is not a crystal"):
        predict(["x"])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"sed": 2}, "'sed' is not an option. Did you mean seed"),
        ({"seed": "two"}, "seed = 'two': write a whole number"),
        ({"guidance": float("inf")}, "guidance = inf: write a number"),
        ({"batch_size": 10**9}, "batch_size = 1e.09: it must be at least 0 and at most 10000"),
        ({"seed": 10**400}, "write a smaller number"),
    ],
)
def test_wrong_options_of_python_are_usage_errors(options: dict[str, object], says: str) -> None:
    with pytest.raises(UserError, match=says):
        GenerationOptions(**options)  # type: ignore[arg-type]


def test_a_resumed_run_with_another_target_names_the_target_alone() -> None:
    values = {"n": 3, "targets": {"elements": "Li,O", "bulk_modulus": ">=100"}}
    other = {"n": 3, "seed": 2, "targets": {"elements": "Li,O", "bulk_modulus": ">=120", "exclude": "F"}}
    found = Settings.from_mapping(values).differences(Settings.from_mapping(other))
    assert found == ["bulk_modulus: >=100.0, >=120.0", "exclude: none, F", "seed: 0, 2"]
