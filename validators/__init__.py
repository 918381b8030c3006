"""Checks of crystals, ``check(crystal) -> Verdict``: passed, failed or unknown; a check never raises an error.

The rooms, by subject:

structure        geometry, symmetry, comparison with other crystals
chemistry        composition and bonding
relaxation       relaxation with machine-learned potentials
thermodynamics   stability against known compounds, electrochemical window, interfaces
mechanics        elastic moduli, dendrites
transport        barriers, conductivity and diffusivity of Li⁺

To add a check:

1. Write ``validators/<room>/<name>.py`` with a subclass of ``Check``, or of ``CompositionCheck`` if the composition is
   enough, ``CompoundCheck`` for one against known compounds, ``Transform`` for a step that changes the crystal.
2. Give the class a ``name``, a ``question`` and a ``unit``, and describe each option in its docstring.
3. Add its line to the table ``VALIDATORS`` below, cheap checks first.
4. Add its laws to ``tests/validators/<room>/test_<name>.py``.
5. Run ``tests/validators/test_table_of_checks.py``: its messages say what is missing.
"""

from __future__ import annotations

from typing import Any

from ..gen.errors import UserError, did_you_mean
from .check import Check, CompositionCheck, Transform
from .chemistry.band_gap import Insulation
from .chemistry.charge import Charge
from .chemistry.cost import Cost
from .chemistry.fragments import Fragments
from .chemistry.mobile_ion_content import MobileIonContent
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
    "mobile_ion": MobileIonContent,
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


ALIASES = {"lithium": "mobile_ion"}  # names of earlier versions
Lithium = MobileIonContent


class UnknownValidator(UserError):
    """A name that is not in the table of checks; the message suggests a similar one."""


def validator(name: str, **options: Any) -> Check:
    """The check of this name with its options (see its class). Raises ``UnknownValidator``."""
    name = ALIASES.get(name, name)
    if name not in VALIDATORS:
        hint = did_you_mean(name, VALIDATORS) or f" There are: {', '.join(VALIDATORS)}."
        raise UnknownValidator(f"No check is called {name!r}.{hint}")
    return VALIDATORS[name](**options)


__all__ = [
    "ALIASES",
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
    "MobileIonContent",
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
