"""Damaged copies of a JSON file, for tests of commands that read back what a run stored."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

OTHERS = ("x", -1, 1.5, None, True, [], {}, [[1]], {"a": 1})
FOREIGN = (b"", b"{", b"[]", b"{}", b"null", b"\xff\xfe", b'{"a": 1}', b"1" * 5000, b"[" * 100_000)


def damaged(content: bytes, count: int, seed: int = 0) -> Iterator[bytes]:
    """Foreign contents, the content cut short, and ``count`` copies with a value of another type or without it."""
    yield from (*FOREIGN, content[: len(content) // 2], content[:-2])
    generator = random.Random(seed)
    for _ in range(count):
        values = json.loads(content)
        holder, key = generator.choice(list(_places(values)))
        if isinstance(holder, dict) and generator.random() < 0.3:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(generator.choice(OTHERS))
        yield json.dumps(values).encode()


def _places(values: Any) -> Iterator[tuple[Any, Any]]:
    """Each place in nested values, as its holder and its key."""
    for key, inner in values.items() if isinstance(values, dict) else enumerate(values):
        yield values, key
        if isinstance(inner, dict | list):
            yield from _places(inner)
