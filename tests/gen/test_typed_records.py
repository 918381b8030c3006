"""Laws of the strict reader of typed records: accepted values, refused values, and their messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml

from electrolith.gen.errors import UserError
from electrolith.gen.typed_records import check_ranges, meta_of, read_record, setting, write_record
from electrolith.gen.typed_values import read_value


@dataclass(frozen=True)
class Size:
    width: int = setting(64, "channels", at_least=1)
    layers: int = setting(2, "layers", at_least=0)


@dataclass(frozen=True)
class Config:
    steps: int = setting(doc="optimiser steps", at_least=1)
    rate: float = setting(1e-3, "learning rate", above=0, unit="1/step", panel="Optimiser")
    share: float = setting(0.5, "a share", at_least=0, below=1)
    quick: bool = setting(False, "less exact")
    name: str = "run"
    folder: Path | None = None
    order: Literal["low", "high"] = "low"
    betas: tuple[float, float] = (0.9, 0.99)
    elements: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    size: Size = field(default_factory=Size)
    head: Size | None = None
    batch: int | None = setting(None, "crystals at once", words={"auto": None}, at_least=1)
    shard: tuple[int, int] = setting(
        (1, 1), "part of the run",
        read=lambda text: tuple(int(n) for n in text.split("/")), write=lambda pair: f"{pair[0]}/{pair[1]}",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_ranges(self)


def read(text: str) -> Config:
    return read_record(Config, yaml.safe_load(text), "config.yaml")


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("steps: 5", "steps", 5),
        ("steps: 1e3", "steps", 1000),
        ("steps: '7'", "steps", 7),
        ("rate: 1e-3", "rate", 1e-3),  # text in PyYAML
        ("rate: 1", "rate", 1.0),
        ("quick: yes", "quick", True),
        ("quick: 'off'", "quick", False),
        ("quick: true", "quick", True),
        ("folder: runs/a", "folder", Path("runs/a")),
        ("folder: null", "folder", None),
        ("order: high", "order", "high"),
        ("betas: [0.8, 9e-1]", "betas", (0.8, 0.9)),
        ("elements: [Li, S]", "elements", ("Li", "S")),
        ("elements: Li, S", "elements", ("Li", "S")),
        ("elements: Li", "elements", ("Li",)),
        ("weights: {density: 1}", "weights", {"density": 1.0}),
        ("size: {width: 8}", "size", Size(width=8)),
        ("head: {layers: 0}", "head", Size(layers=0)),
        ("head: null", "head", None),
        ("batch: auto", "batch", None),
        ("shard: 2/8", "shard", (2, 8)),
    ],
)
def test_a_value_is_read_in_its_type(text: str, name: str, value: object) -> None:
    found = getattr(read(text if name == "steps" else f"steps: 1\n{text}"), name)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps: fast", "config.yaml: steps = 'fast': write a whole number."),
        ("steps: 1.5", "config.yaml: steps = 1.5: write a whole number."),
        ("steps: true", "config.yaml: steps = True: write a whole number."),
        ("steps: null", "config.yaml: steps = None: write a whole number."),
        ("steps: .inf", "config.yaml: steps = inf: write a whole number."),
        ("steps: 0", "config.yaml: steps = 0: it must be at least 1."),
        ("steps: 1\nrate: fast", "config.yaml: rate = 'fast': write a number in 1/step."),
        ("steps: 1\nrate: .nan", "config.yaml: rate = nan: write a number in 1/step."),
        ("steps: 1\nrate: .inf", "config.yaml: rate = inf: write a number in 1/step."),
        ("steps: 1\nrate: -1e999", "config.yaml: rate = '-1e999': write a number in 1/step."),
        ("steps: 1\nrate: -1", "config.yaml: rate = -1: it must be above 0."),
        ("steps: 1\nshare: 1", "config.yaml: share = 1: it must be at least 0 and below 1."),
        ("steps: 1\nquick: 1", "config.yaml: quick = 1: write true or false."),
        ("steps: 1\nname: 3", "config.yaml: name = 3: write a text."),
        ("steps: 1\nfolder: 3", "config.yaml: folder = 3: write a path or null."),
        ("steps: 1\norder: hgh", "config.yaml: order = 'hgh': write low or high. Did you mean high?"),
        ("steps: 1\nbetas: [1]", "config.yaml: betas = [1]: write a list of numbers, 2 of them."),
        ("steps: 1\nelements: [1]", "config.yaml: elements = [1]: write a list of texts."),
        ("steps: 1\nweights: 3", "config.yaml: weights = 3: write a mapping, one `name: value` a line."),
        ("steps: 1\nsize: {width: 0}", "config.yaml: size: width = 0: it must be at least 1."),
        (
            "steps: 1\nsize: {widht: 1}",
            "config.yaml: size: 'widht' is not a setting. Did you mean width? There are: width, layers.",
        ),
        ("steps: 1\nsize: 3", "config.yaml: size: there are no settings here: write one `name: value` a line."),
        ("steps: 1\nhead: {layers: -1}", "config.yaml: head: layers = -1: it must be at least 0."),
        ("steps: 1\nbatch: automatic", "config.yaml: batch = 'automatic': write a whole number, or auto."),
        ("rate: 1", "config.yaml: these settings are missing: steps."),
        ("[1, 2]", "config.yaml: there are no settings here: write one `name: value` a line."),
    ],
)  # fmt: skip
def test_a_refusal_names_the_key_the_value_and_a_correct_value(text: str, message: str) -> None:
    with pytest.raises(UserError) as refused:
        read(text)
    assert str(refused.value) == message


def test_an_unknown_key_gets_the_nearest_one_and_the_list() -> None:
    with pytest.raises(UserError, match=r"'stepz' is not a setting\. Did you mean steps\? There are: steps, rate"):
        read("stepz: 3")
    with pytest.raises(UserError, match="'stepz' is not a field of a run"):
        read_record(Config, {"stepz": 3}, noun="field of a run")


def test_the_place_of_each_key_may_be_given_instead_of_a_name() -> None:
    lines = {"": "config.yaml, line 1", "steps": "config.yaml, line 1", "size.width": "config.yaml, line 3"}
    at: Callable[[str], str] = lines.__getitem__
    with pytest.raises(UserError, match=r"^config.yaml, line 1: steps = 0"):
        read_record(Config, {"steps": 0}, at)
    with pytest.raises(UserError, match=r"^config.yaml, line 3: width = 0"):
        read_record(Config, {"steps": 1, "size": {"width": 0}}, at)


def test_a_record_is_read_back_as_it_was_written() -> None:
    first = read("{steps: 3, rate: 1e-5, folder: a, betas: [0.5, 0.6], elements: Li, head: {width: 3}, shard: 2/8}")
    written = write_record(first)
    assert read(yaml.safe_dump(written)) == first
    assert written["batch"] == "auto"
    assert written["shard"] == "2/8"


def test_ranges_hold_for_records_made_in_python_too() -> None:
    with pytest.raises(UserError, match=r"^share = 2: it must be"):
        replace(read("steps: 1"), share=2.0)


def test_a_field_has_a_description() -> None:
    by_name = {one.name: meta_of(one) for one in fields(Config)}
    assert (by_name["rate"].doc, by_name["rate"].unit, by_name["rate"].panel) == (
        "learning rate",
        "1/step",
        "Optimiser",
    )
    assert by_name["share"].range == "at least 0 and below 1"
    assert by_name["name"].range == ""


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (str | Sequence[str], "Li, S", ("Li", "S")),
        (str | Sequence[str], "Li", "Li"),
        (str | Sequence[str], ["Li"], ("Li",)),
        (float | str, "0.5", 0.5),
        (float | str, "open", "open"),
        (list[int], [1, 2], [1, 2]),
        (Any, {"a": 1}, {"a": 1}),
    ],
)
def test_a_union_is_read_as_the_first_type_that_fits(kind: Any, value: object, expected: object) -> None:
    assert read_value(kind, value) == expected
