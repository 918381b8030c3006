"""electrolith: inverse design of solid electrolytes and electrode coatings.

The public names are imported at their first use, so that ``electrolith --help`` does not wait for torch.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conditioners.interval import AtLeast as AtLeast
    from .conditioners.interval import AtMost as AtMost
    from .conditioners.targets import Targets as Targets
    from .gen.crystal import Crystal as Crystal
    from .gen.errors import ElectrolithError as ElectrolithError
    from .gen.errors import UserError as UserError
    from .generation.generator import Generator as Generator
    from .generation.options import GenerationOptions as GenerationOptions
    from .generation.records import GeneratedCrystal as GeneratedCrystal
    from .prediction.prediction import Predicted as Predicted
    from .prediction.prediction import predict as predict
    from .screening.results import ScreeningResult as ScreeningResult
    from .screening.screening_run import screen as screen

_HOMES = {
    "AtLeast": "conditioners.interval",
    "AtMost": "conditioners.interval",
    "Crystal": "gen.crystal",
    "ElectrolithError": "gen.errors",
    "GeneratedCrystal": "generation.records",
    "GenerationOptions": "generation.options",
    "Generator": "generation.generator",
    "Predicted": "prediction.prediction",
    "ScreeningResult": "screening.results",
    "Targets": "conditioners.targets",
    "UserError": "gen.errors",
    "predict": "prediction.prediction",
    "screen": "screening.screening_run",
}

__all__ = [  # noqa: PLE0604  the names above, so that they are written once
    *_HOMES,
]

logging.getLogger(__name__).addHandler(logging.NullHandler())  # a library logs only where its user asks for it


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'electrolith' has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
