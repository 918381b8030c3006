"""Values without NaN and infinities, which JSON does not have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def without_nan(value: Any, as_text: bool = False) -> Any:
    """Nested mappings and sequences with None, or the texts ``nan`` and ``inf``, for numbers that are not finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value) if as_text else None
    if isinstance(value, Mapping):
        return {str(key): without_nan(inner, as_text) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(inner, as_text) for inner in value]
    return value
