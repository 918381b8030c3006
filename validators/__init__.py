"""May it exist, is it any good? One file per question, each ``check(crystal) -> Verdict``; cheap questions first.

To add one: write ``validators/<name>.py`` with a subclass of ``Check``, add its line to ``VALIDATORS``, add its law to
``tests/test_validators_<name>.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from .charge import Charge
from .check import Check
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


class UnknownValidator(ValueError):
    """A name that is not in the table; the message says which was probably meant."""


def validator(name: str, **options: Any) -> Check:
    """The check of that name, with its options (see its class). Raises ``UnknownValidator``."""
    if name not in VALIDATORS:
        close = get_close_matches(name, VALIDATORS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(VALIDATORS)}"
        raise UnknownValidator(f"no validator is called {name!r}: {hint}")
    return VALIDATORS[name](**options)


__all__ = ["VALIDATORS", "Check", "UnknownValidator", "Verdict", "validator"]
