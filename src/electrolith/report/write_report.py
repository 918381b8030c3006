"""The report page: one HTML file with style, scripts and data, without network requests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from ..gen.atomic import write_atomic
from ..io.json_values import json_values

ASSETS = Path(__file__).parent / "assets"
SCRIPTS = ("format.js", "crystal.js", "funnel.js", "table.js", "scatter.js", "profile.js", "verdicts.js", "page.js")


def write_report(path: Path, data: Mapping[str, Any]) -> None:
    """Writes the page that shows ``data``, made by ``screening.report_data``."""
    write_atomic(path, report_html(data).encode())


def report_html(data: Mapping[str, Any]) -> str:
    """The page as text."""
    scripts = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in SCRIPTS)
    parts = {
        "{{title}}": escape(f"{data['recipe']['name']}: {data['survivors']} of {data['crystals']} crystals"),
        "{{style}}": (ASSETS / "style.css").read_text(encoding="utf-8"),
        "{{script}}": scripts,
        "{{data}}": _embedded(data),
    }
    page = (ASSETS / "page.html").read_text(encoding="utf-8")
    marks = "|".join(map(re.escape, parts))  # all at once: names may contain the marks
    return re.sub(marks, lambda mark: parts[mark[0]], page)


def _embedded(data: Mapping[str, Any]) -> str:
    """JSON that cannot end its HTML element, without NaN and infinities."""
    text = json.dumps(json_values(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
