"""The structure of the code stays readable: short files, names that occur once, few lazy imports."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest
from paths import ROOT


@pytest.fixture(scope="module")
def house() -> ModuleType:
    spec = importlib.util.spec_from_file_location("house", ROOT / "benchmarks" / "house.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["house"] = module
    spec.loader.exec_module(module)
    return module


def test_few_files_are_long_and_none_is_too_long(house: ModuleType) -> None:
    sources = house.library()
    assert len(sources) > 200  # the whole package was read
    assert not house.files_above(sources, house.TOO_LONG)
    long = house.files_above(sources, house.LONG)
    assert len(long) <= 0.15 * len(sources), f"split one of {', '.join(long)}"


def test_a_file_name_occurs_once_in_the_package(house: ModuleType) -> None:
    assert not house.shared_stems(house.library())


def test_own_imports_inside_functions_are_few_and_have_a_reason(house: ModuleType) -> None:
    lazy = house.lazy_imports(house.library())
    assert len(lazy) <= 20, "\n".join(lazy)
    assert not [line for line in lazy if "#" not in line]


def test_the_readme_is_short(house: ModuleType) -> None:
    assert house.readme_words() <= 1000


def test_tests_are_half_as_long_as_the_library(house: ModuleType) -> None:
    lines = sum(len(text.splitlines()) for text in house.library().values())
    assert house.lines_of("tests") >= 0.5 * lines
