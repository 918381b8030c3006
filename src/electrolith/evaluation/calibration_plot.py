"""Plot of requested and predicted values against those of the oracles, as an SVG.

A point on the diagonal is a crystal that has exactly the requested, or predicted, value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..gen.atomic import write_atomic
from ..gen.properties import SHIPPED
from .evaluation import Evaluation
from .evaluation_outputs import PLOT_MARK

SIDE, MARGIN, GAP = 320, 62, 24  # px: of a panel, left of and below it, between panels
COLOURS = {"asked": "#1f6feb", "predicted": "#c2570c"}  # by the suffix of the column
LABELS = {"asked": "requested", "predicted": "predicted"}
TICKS = (1, 2, 5)


@dataclass(frozen=True)
class Axis:
    """Scale of both axes of a panel, from ``low`` to ``high``."""

    low: float
    high: float
    log: bool

    @classmethod
    def around(cls, values: Sequence[float], log: bool) -> Axis:
        """A scale that holds all values, with a margin."""
        if log:
            return cls(min(values) / 1.3, max(values) * 1.3, log)
        room = 0.08 * (max(values) - min(values)) or 0.1 * abs(values[0]) or 1.0
        return cls(min(values) - room, max(values) + room, log)

    def position(self, value: float) -> float:
        """Position of a value, from 0 to 1."""
        low, high, here = (math.log(x) if self.log else x for x in (self.low, self.high, value))
        return (here - low) / (high - low)

    @property
    def ticks(self) -> list[float]:
        """Round numbers on the scale."""
        if self.log:
            decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            return [t * 10.0**d for d in decades for t in TICKS if self.low <= t * 10.0**d <= self.high]
        rough = (self.high - self.low) / 4
        unit = 10.0 ** math.floor(math.log10(rough))
        step = max(t * unit for t in TICKS if t * unit <= rough)
        return [k * step for k in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]


def write_calibration_plot(path: str | Path, evaluation: Evaluation) -> None:
    """Writes the plot of a result of ``evaluate_targets``: a panel per property, a point per crystal."""
    write_atomic(Path(path), calibration_plot(evaluation).encode())


def calibration_plot(evaluation: Evaluation) -> str:
    """The SVG as text."""
    panels: list[str] = []
    for p in SHIPPED:
        points = [
            (float(row[f"{p.name}_{kind}"]), float(row[f"{p.name}_found"]), kind)
            for row in evaluation.crystals
            for kind in COLOURS
            if f"{p.name}_{kind}" in row
        ]
        shown = [q for q in points if all(math.isfinite(x) and (x > 0 or not p.log) for x in q[:2])]
        if shown:
            left = MARGIN + len(panels) * (SIDE + MARGIN + GAP)
            panels.append(_panel(left, f"{p.name.replace('_', ' ')} ({p.unit})", shown, p.log))
    width, height = max(1, len(panels)) * (SIDE + MARGIN + GAP), SIDE + MARGIN + 2 * GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">'
    nothing = f'<text x="{MARGIN}" y="{height / 2}">no values to compare</text>'
    paper = f'<rect width="{width}" height="{height}" fill="white"/>'
    return "\n".join([PLOT_MARK, head, paper, *(panels or [nothing]), "</svg>\n"])


def _panel(left: int, title: str, points: Sequence[tuple[float, float, str]], log: bool) -> str:
    axis = Axis.around([x for q in points for x in q[:2]], log)
    bottom = GAP + SIDE

    def x_of(value: float) -> str:
        return f"{left + SIDE * axis.position(value):.1f}"

    def y_of(value: float) -> str:
        return f"{bottom - SIDE * axis.position(value):.1f}"

    parts = [
        f'<rect x="{left}" y="{GAP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#888"/>',
        f'<line x1="{left}" y1="{bottom}" x2="{left + SIDE}" y2="{GAP}" stroke="#888" stroke-dasharray="4 4"/>',
    ]
    for tick in axis.ticks:
        label = f"{tick:.4g}"
        parts.append(f'<text x="{x_of(tick)}" y="{bottom + 16}" text-anchor="middle" font-size="11">{label}</text>')
        parts.append(f'<text x="{left - 6}" y="{y_of(tick)}" text-anchor="end" font-size="11">{label}</text>')
    for across, up, kind in points:
        colour = COLOURS[kind]
        parts.append(f'<circle cx="{x_of(across)}" cy="{y_of(up)}" r="3.5" fill="{colour}" fill-opacity="0.5"/>')
    middle = left + SIDE / 2
    parts.append(f'<text x="{middle}" y="{GAP - 8}" text-anchor="middle" font-size="13">{escape(title)}</text>')
    parts.append(_legend(left, bottom + 38, {kind for _, _, kind in points}))
    side = f'transform="translate({left - 46} {GAP + SIDE / 2}) rotate(-90)"'
    parts.append(f'<text {side} text-anchor="middle" font-size="12">computed by the oracle</text>')
    return "\n".join(parts)


def _legend(left: int, y: int, kinds: set[str]) -> str:
    parts = []
    for k, kind in enumerate(kind for kind in COLOURS if kind in kinds):
        x = left + 110 * k
        parts.append(f'<circle cx="{x + 6}" cy="{y - 4}" r="4" fill="{COLOURS[kind]}"/>')
        parts.append(f'<text x="{x + 16}" y="{y}" font-size="12">{LABELS[kind]}</text>')
    return "\n".join(parts)
