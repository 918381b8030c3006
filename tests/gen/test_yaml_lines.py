"""Laws of the reader of YAML: plain values, their lines, and refusals of one line for every malformed text."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from paths import ROOT, TESTS

from electrolith.gen.errors import UserError
from electrolith.gen.yaml_lines import LARGEST_FILE, YamlLines
from electrolith.gen.yaml_schema import yaml_text
from electrolith.recipes.recipe_reader import find_recipe, read_recipe

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
RECIPE = "name: x\nchecks:\n- check: finite\n"


def refusal_of(read_one: Callable[[Any], object], value: Any) -> str:
    """The message of a refusal; empty if the value is read."""
    try:
        read_one(value)
    except UserError as error:
        return str(error)
    return ""


def read(text: str) -> Any:
    return YamlLines(text, "F").values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"), ("yes", "yes"), ("true", True), ("~", None), ("1e-3", 1e-3), ("010", 10), ("-7", -7),
        ("0x10", 16), (".5", 0.5), (".inf", math.inf), ("1:30:00", "1:30:00"), ("2026-13-45", "2026-13-45"),
        ("1_000", "1_000"), ("'1'", "1"), ("[]", []), ("", None),
    ],
)  # fmt: skip
def test_scalars_are_those_of_the_core_schema(text: str, value: object) -> None:
    found = read(f"key: {text}")["key"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, "F, line 1: not readable as YAML: its aliases"),
        ("a: 1\nb: &b [*b]", "F, line 2: .*part of itself"),
        ("a: 1\nn: " + "9" * 5000, "F, line 2: .*5000 characters"),
        ("a: 0x" + "f" * 5000, "line 1: .*5002 characters"),
        ("[" * 3000, "F, line 1: .*nesting"),
        ("a: " + "{a: " * 3000, "F, line 1: .*nesting"),
        ("a:\n" + "- [" + "1," * 600_000 + "]", "more than 500000 values"),
        ("a: 1\nb: 2\na: 3", "F, line 3: .*'a' is given twice"),
        ("a: {x: 1, 'x': 2}", "F, line 1: .*'x' is given twice"),
        ("a: !!python/object/apply:os.system [ls]", "F, line 1: the tag .* is not read"),
        ("a: !!binary aGk=", "the tag .*binary is not read"),
        ("a: 1\n? [b]\n: 2", "F, line 2: .*a key is a list"),
        ("a: !!int x", "'x' is not a whole number"),
        ("a: !!float x", "'x' is not a number"),
        ("a: !!bool x", "'x' is not true or false"),
        ("a: \0", "F: .*control characters"),
        ("a: *b", "undefined alias"),
        ("a: 1\n---\nb: 2", "another document"),
        ("a: {", "F, line 2: not readable"),
    ],
)  # fmt: skip
def test_a_malformed_text_is_refused_in_one_line_with_its_place(text: str, says: str) -> None:
    begin = time.monotonic()
    with pytest.raises(UserError, match=says.replace("F, line 1: the", "F, line 1: .*the")) as refused:
        read(text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400
    assert time.monotonic() - begin < 10


def test_merge_keys_and_a_few_aliases_are_read() -> None:
    assert read("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\nc: *a") == {"a": {"x": 1}, "b": {"x": 1, "y": 2}, "c": {"x": 1}}


def test_keys_are_texts_as_they_are_written() -> None:
    assert read("1: a\ntrue: b\nnull: c") == {"1": "a", "true": "b", "null": "c"}


def test_every_value_has_its_line() -> None:
    lines = YamlLines("a: 1\nb:\n  - x\n  - y: 2\n", "F")
    assert [lines.at("b", 1, "y"), lines.at("a"), lines.at("b", 0), lines.at("c")] == [
        "F, line 4", "F, line 1", "F, line 3", "F, line 1",
    ]  # fmt: skip
    assert lines.at_key("b") == "F, line 2"
    assert lines.at_key("b.c") == "F, line 2: b"


def test_files_that_are_no_text_or_too_large_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    for content, says in ((b"a: \xff\xfe\xfa", "UTF-8"), (b" " * (LARGEST_FILE + 1), "too large")):
        file.write_bytes(content)
        with pytest.raises(UserError, match=says):
            YamlLines.of_file(file)
    with pytest.raises(UserError, match="is a folder"):
        YamlLines.of_file(tmp_path)
    with pytest.raises(UserError, match="does not exist"):
        YamlLines.of_file(tmp_path / "none.yaml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_fault(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes("unit: Å\n".encode(encoding))
    assert YamlLines.of_file(file).values == {"unit": "Å"}


def test_the_shipped_settings_are_read() -> None:
    for file in (ROOT / "configs").glob("*.yaml"):
        assert isinstance(YamlLines.of_file(file).values, dict)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (RECIPE + "rank: 5", "recipe, line 4: rank: 5: write a list"),
        (RECIPE + "rank: 1:30:00", "recipe, line 4: rank: '1:30:00': write a list"),
        (RECIPE + "rank: {by: finite}", "recipe, line 4: rank: .*write a list"),
        (RECIPE + "rank:\n- {by: finite, order: low, weight: .nan}", "recipe, line 5: weight nan: write a number"),
        (RECIPE + "rank:\n- {by: finite, order: low, weight: .inf}", "recipe, line 5: weight inf: write a number"),
        (RECIPE + "rank:\n- {by: [1], order: low}", "recipe, line 5: .*no check"),
        (RECIPE + "rank:\n- {by: finite, order: [low]}", r"recipe, line 5: order: \['low'\]: write low or high"),
        (RECIPE + "unknown: {a: 1}", "recipe, line 4: unknown: .*write stop or go"),
        (RECIPE + "description: [1]", "recipe, line 4: description: .*write a text"),
        ("checks:\n- check: cost\n  at_most: .inf", "recipe, line 3: at_most: inf is not a number"),
        ("checks:\n- check: cost\n  at_most: .nan", "recipe, line 3: at_most: nan is not a number"),
        ("checks:\n- check: cost\n  at_most: [[1]]", "recipe, line 3: at_most: .*is not a number"),
        ("checks:\n- check: 5", "recipe, line 2: write `- check: NAME`"),
        ("checks: {finite: 1}", "recipe, line 1: a recipe needs a list"),
        ("checks: []", "recipe, line 1: a recipe needs a list"),
        ("[1, 2]", "recipe holds no recipe"),
        ("", "recipe holds no recipe"),
    ],
)  # fmt: skip
def test_a_recipe_of_the_wrong_shape_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(UserError, match=f"^{says}") as refused:
        read_recipe(YamlLines(text, "recipe"))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "says"), [("bomb_recipe2.yaml", "aliases"), ("r_rank_08.yaml", "line 4: rank: '1:30:00': write a list")]
)
def test_reported_recipes_are_refused_in_seconds(name: str, says: str) -> None:
    begin = time.monotonic()
    with pytest.raises(UserError, match=says):
        find_recipe(TESTS / "cases" / name)
    assert time.monotonic() - begin < 5


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(values=PLAIN)
@example(values="a\x85b\u2028c\u2029")
@example(values=["1e5", "010", "0x1", "yes", "~", "2026-01-31", "1:30", ".inf", "<<", "=", ""])
def test_values_are_read_back_as_they_were_written(values: Any) -> None:
    assert read(yaml_text({"key": values})) == {"key": values}


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="ab1:-[]{},&*!|>'\"#?<\n\t ~.e%@", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert "\n" not in refusal_of(read, text)


@settings(max_examples=60, deadline=None)
@given(values=PLAIN, key=st.sampled_from(["name", "description", "unknown", "checks", "rank"]))
def test_a_recipe_with_any_value_is_read_or_refused(values: Any, key: str) -> None:
    content = {"name": "x", "checks": [{"check": "finite"}, {"check": "volume"}], key: values}
    assert "\n" not in refusal_of(find_recipe, content)
