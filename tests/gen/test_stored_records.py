"""Stored records have the types of their fields; a file with others is named in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from electrolith.gen.errors import UserError
from electrolith.gen.stored_records import reading_back, stored_record


@dataclass(frozen=True)
class Sample:
    name: str
    count: int | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    anything: Any = None


GOOD: list[dict[str, Any]] = [
    {"name": "a"},
    {"name": "a", "count": 3, "values": {"x": 1, "y": 2.5}, "parts": ["b"], "anything": [1]},
]
WRONG: list[Any] = [
    {"name": 1}, {"name": None}, {"name": "a", "count": 1.5}, {"name": "a", "count": True}, {"count": 1}, [], None, "a",
    {"name": "a", "values": {"x": "1"}}, {"name": "a", "values": []}, {"name": "a", "parts": "b"},
    {"name": "a", "parts": [1]}, {"name": "a", "other": 1},
]  # fmt: skip


@pytest.mark.parametrize("values", GOOD, ids=repr)
def test_a_sound_record_is_read(values: dict[str, Any]) -> None:
    assert values.items() <= asdict(stored_record(Sample, values)).items()


@pytest.mark.parametrize("values", WRONG, ids=repr)
def test_a_record_with_other_types_is_a_fault_of_its_file(values: Any) -> None:
    with pytest.raises(UserError) as caught, reading_back(Path("a/000001.json")):
        stored_record(Sample, values)
    assert str(caught.value).startswith("a/000001.json is damaged, or not a file of this run: ")
    assert "\n" not in str(caught.value)
