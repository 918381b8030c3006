"""May it exist, is it any good? One file per question, each ``check(crystal) -> Verdict``; cheap questions first.

To add one: write ``validators/<name>.py`` with a subclass of ``Check``, add its line to ``VALIDATORS``, add its law to
``tests/test_validators_<name>.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..gen.errors import UserError, did_you_mean
from .charge import Charge
from .check import Change, Check, CompositionCheck
from .distances import Distances
from .finite import Finite
from .fragments import Fragments
from .novel import Novel
from .structure import Structure
from .symmetry import Symmetry
from .unique import Unique
from .verdict import Verdict
from .volume import Volume

VALIDATORS: dict[str, Callable[..., Check]] = {  # in the order in which they are worth asking
    "finite": Finite,
    "structure": Structure,
    "distances": Distances,
    "volume": Volume,
    "charge": Charge,
    "symmetry": Symmetry,
    "fragments": Fragments,
    "unique": Unique,
    "novel": Novel,
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
    "Change",
    "Charge",
    "Check",
    "CompositionCheck",
    "Distances",
    "Finite",
    "Fragments",
    "Novel",
    "Structure",
    "Symmetry",
    "Unique",
    "UnknownValidator",
    "Verdict",
    "Volume",
    "validator",
]
