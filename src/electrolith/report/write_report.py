"""Puts the page, its style, its scripts and the data into one file that asks the network for nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..io.atomic import write_atomic

ASSETS = Path(__file__).parent / "assets"
SCRIPTS = ("format.js", "crystal.js", "funnel.js", "table.js", "scatter.js", "verdicts.js", "page.js")


def write_report(path: Path, data: Mapping[str, Any]) -> None:
    """Writes the page that shows ``data``, made by ``screening.page``."""
    write_atomic(path, report_html(data).encode())


def report_html(data: Mapping[str, Any]) -> str:
    """The page as text."""
    scripts = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in SCRIPTS)
    parts = {
        "{{title}}": _escaped(f"{data['recipe']['name']}: {data['survivors']} of {data['crystals']} crystals"),
        "{{style}}": (ASSETS / "style.css").read_text(encoding="utf-8"),
        "{{script}}": scripts,
        "{{data}}": _embedded(data),  # last: crystals may be called anything
    }
    page = (ASSETS / "page.html").read_text(encoding="utf-8")
    for mark, text in parts.items():
        page = page.replace(mark, text)
    return page


def _embedded(data: Mapping[str, Any]) -> str:
    """JSON that no browser takes for the end of its element, without numbers that JSON does not have."""
    text = json.dumps(_finite(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
