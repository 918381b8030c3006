"""May it exist, is it any good? One file per question, each ``check(crystal) -> Verdict``; cheap questions first.

To add one: write ``validators/<name>.py`` with a subclass of ``Check``, add its line to ``VALIDATORS``, add its law to
``tests/test_validators_<name>.py``.
"""

from __future__ import annotations

from typing import Any

from ..gen.errors import UserError, did_you_mean
from .check import Check, CompositionCheck, Transform
from .chemistry.band_gap import Insulation
from .chemistry.charge import Charge
from .chemistry.cost import Cost
from .chemistry.fragments import Fragments
from .chemistry.lithium import Lithium
from .chemistry.toxicity import Toxicity
from .mechanics.dendrites import Dendrites
from .mechanics.moduli import Moduli
from .relaxation.relaxation_check import Relaxation
from .structure.distances import Distances
from .structure.finite import Finite
from .structure.novel import Novel
from .structure.plausible import Structure
from .structure.symmetry import Symmetry
from .structure.unique import Unique
from .structure.volume import Volume
from .thermodynamics.decomposition import Decomposition
from .thermodynamics.interface import Interface
from .thermodynamics.stability import Stability
from .thermodynamics.window import Window
from .transport.barrier import Barrier
from .transport.conductivity import Conductivity
from .transport.diffusivity import Diffusivity
from .verdict import Verdict

VALIDATORS: dict[str, type[Check]] = {  # cheap checks first
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
    "Transform",
    "Unique",
    "UnknownValidator",
    "Verdict",
    "Volume",
    "Window",
    "validator",
]
