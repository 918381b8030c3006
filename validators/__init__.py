"""May it exist, is it any good? One file per question, each ``check(crystal) -> Verdict``; cheap questions first.

To add one: write ``validators/<name>.py`` with a subclass of ``Check``, add its line to ``VALIDATORS``, add its law to
``tests/test_validators_<name>.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..gen.errors import UserError, did_you_mean
from .barrier import Barrier
from .charge import Charge
from .check import Change, Check, CompositionCheck
from .conductivity import Conductivity
from .cost import Cost
from .decomposition import Decomposition
from .dendrites import Dendrites
from .diffusivity import Diffusivity
from .distances import Distances
from .finite import Finite
from .fragments import Fragments
from .insulation import Insulation
from .interface import Interface
from .lithium import Lithium
from .moduli import Moduli
from .novel import Novel
from .relaxation import Relaxation
from .stability import Stability
from .structure import Structure
from .symmetry import Symmetry
from .toxicity import Toxicity
from .unique import Unique
from .verdict import Verdict
from .volume import Volume
from .window import Window

VALIDATORS: dict[str, Callable[..., Check]] = {  # in the order in which they are worth asking
    "finite": Finite,
    "structure": Structure,
    "distances": Distances,
    "volume": Volume,
    "charge": Charge,
    "lithium": Lithium,
    "toxicity": Toxicity,
    "cost": Cost,
    "symmetry": Symmetry,
    "insulation": Insulation,
    "conductivity": Conductivity,
    "fragments": Fragments,
    "unique": Unique,
    "novel": Novel,
    "decomposition": Decomposition,
    "window": Window,
    "interface": Interface,
    "barrier": Barrier,
    "relaxation": Relaxation,
    "stability": Stability,
    "moduli": Moduli,
    "dendrites": Dendrites,
    "diffusivity": Diffusivity,
}


class UnknownValidator(UserError):
    """A name that is not in the table; the message says which was probably meant."""


def validator(name: str, **options: Any) -> Check:
    """The check of that name, with its options (see its class). Raises ``UnknownValidator``."""
    if name not in VALIDATORS:
        hint = did_you_mean(name, VALIDATORS) or f" There are {', '.join(VALIDATORS)}."
        raise UnknownValidator(f"No validator is called {name!r}.{hint}")
    return VALIDATORS[name](**options)


__all__ = [
    "VALIDATORS",
    "Barrier",
    "Change",
    "Charge",
    "Check",
    "CompositionCheck",
    "Conductivity",
    "Cost",
    "Decomposition",
    "Dendrites",
    "Diffusivity",
    "Distances",
    "Finite",
    "Fragments",
    "Insulation",
    "Interface",
    "Lithium",
    "Moduli",
    "Novel",
    "Relaxation",
    "Stability",
    "Structure",
    "Symmetry",
    "Toxicity",
    "Unique",
    "UnknownValidator",
    "Verdict",
    "Volume",
    "Window",
    "validator",
]
