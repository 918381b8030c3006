"""How good are generated crystals, from any generator? The measures of the field, with intervals.

``evaluate`` judges crystals by themselves and against a reference set; ``evaluate_prediction`` compares predicted
structures with true ones; ``evaluate_targets`` judges a run by the properties that it asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .evaluate_generation import evaluate
    from .evaluate_structure_prediction import evaluate_prediction
    from .evaluate_targets import evaluate_targets
    from .evaluation import Evaluation

__all__ = ["Evaluation", "evaluate", "evaluate_prediction", "evaluate_targets"]

_MODULE = {
    "Evaluation": "evaluation", "evaluate": "evaluate_generation",
    "evaluate_prediction": "evaluate_structure_prediction", "evaluate_targets": "evaluate_targets",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Imports on first use, so that the command line starts quickly."""
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_MODULE[name]}", __name__), name)
