"""Values for JSON files and pages: no NaN or infinity, which JSON does not have, and plain texts only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..gen.plain_text import plain


def json_values(value: Any, as_text: bool = False) -> Any:
    """Nested mappings and sequences with plain texts and finite numbers; others are None, or ``nan`` and ``inf``."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value) if as_text else None
    if isinstance(value, Mapping):
        return {plain(str(key)): json_values(inner, as_text) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [json_values(inner, as_text) for inner in value]
    return value
