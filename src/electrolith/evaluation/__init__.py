"""Metrics of generated crystals from any generator, each with a 95 % interval.

``evaluate`` measures crystals by themselves and against a reference set. ``evaluate_prediction`` compares predicted
structures with true ones. ``evaluate_targets`` computes the properties that a run requested and compares them with
the targets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .calibration_plot import write_calibration_plot
    from .evaluate_against_targets import evaluate_targets
    from .evaluate_generation import evaluate
    from .evaluate_structure_prediction import evaluate_prediction
    from .evaluation import Evaluation

__all__ = ["Evaluation", "evaluate", "evaluate_prediction", "evaluate_targets", "write_calibration_plot"]

_MODULE = {
    "Evaluation": "evaluation", "evaluate": "evaluate_generation",
    "evaluate_prediction": "evaluate_structure_prediction", "evaluate_targets": "evaluate_against_targets",
    "write_calibration_plot": "calibration_plot",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Imports on first use, so that the command line starts quickly."""
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_MODULE[name]}", __name__), name)
