"""electrolith: inverse design of solid electrolytes and electrode coatings.

The public names are imported when they are first used, so that ``electrolith --help`` need not wait for torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conditioners.interval import AtLeast as AtLeast
    from .conditioners.interval import AtMost as AtMost
    from .conditioners.targets import Targets as Targets
    from .gen.crystal import Crystal as Crystal
    from .gen.errors import ElectrolithError as ElectrolithError
    from .gen.errors import UserError as UserError
    from .generator import Generator as Generator
    from .prediction import Predicted as Predicted
    from .prediction import predict as predict
    from .record import GeneratedCrystal as GeneratedCrystal
    from .screening.record import Screened as Screened
    from .screening.run import screen as screen

_HOMES = {
    "AtLeast": "conditioners.interval",
    "AtMost": "conditioners.interval",
    "Crystal": "gen.crystal",
    "ElectrolithError": "gen.errors",
    "GeneratedCrystal": "record",
    "Generator": "generator",
    "Predicted": "prediction",
    "Screened": "screening.record",
    "Targets": "conditioners.targets",
    "UserError": "gen.errors",
    "predict": "prediction",
    "screen": "screening.run",
}

__all__ = [
    "AtLeast",
    "AtMost",
    "Crystal",
    "ElectrolithError",
    "GeneratedCrystal",
    "Generator",
    "Predicted",
    "Screened",
    "Targets",
    "UserError",
    "predict",
    "screen",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'electrolith' has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
