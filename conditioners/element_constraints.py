"""Conditions on elements: exactly these, at least these, or none of these."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from ase.data import atomic_names, atomic_numbers, chemical_symbols

from ..gen.errors import UserError, did_you_mean, shown
from ..gen.formula_spelling import plain_text
from ..gen.formula_text import looks_like_formula, read_formula
from ..gen.skeleton.constraints import Constraints
from .base import Contradiction, words

TRAINED_ELEMENTS = frozenset(range(1, 95)) - frozenset(
    range(84, 89)
)  # hydrogen to plutonium without Po, At, Rn, Fr, Ra
RADIOACTIVE = frozenset({43, 61, *range(89, 95)})  # Tc, Pm and the actinides: only where they are named


def element(symbol: str) -> int:
    """Atomic number of a symbol; raises ``UserError`` for a symbol of no element or of one without training data."""
    plain = plain_text(symbol)
    number = atomic_numbers.get(plain, 0) or atomic_numbers.get(plain.capitalize(), 0)
    if number in TRAINED_ELEMENTS:
        return number
    if number:
        raise UserError(f"{symbol} does not occur in the training crystals of the models; leave it out.")
    named = [chemical_symbols[z] for z in TRAINED_ELEMENTS if atomic_names[z].lower() == plain.lower()]
    if named:
        hint = f" Did you mean {named[0]}?"
    elif looks_like_formula(plain):
        hint = f" It is a formula: write its elements, {','.join(read_formula(plain).amounts)}."
    else:
        hint = did_you_mean(plain[:60], [chemical_symbols[z] for z in sorted(TRAINED_ELEMENTS)])
    example = "Write symbols as in the periodic table, e.g. Li,P,S."
    raise UserError(f"{shown(symbol)} is not a chemical element.{hint} {example}")


def symbols(numbers: frozenset[int]) -> str:
    """Symbols ordered by atomic number, e.g. ``Li, O``."""
    return ", ".join(chemical_symbols[z] for z in sorted(numbers))


def narrow(constraints: Constraints, allowed: frozenset[int] | None, required: frozenset[int]) -> Constraints:
    """Constraints with fewer allowed or more required elements.

    Raises ``Contradiction`` when no crystal can satisfy them.
    """
    both = constraints.allowed if allowed is None else allowed & (constraints.allowed or TRAINED_ELEMENTS)
    needed = constraints.required | required
    if both is not None:
        if lost := needed - both:
            raise Contradiction(f"{symbols(lost)} would be both required and excluded")
        if not both:
            raise Contradiction("no element is left")
    if len(needed) > constraints.max_atoms:
        raise Contradiction(f"{len(needed)} elements do not fit into {constraints.max_atoms} atoms")
    return replace(constraints, allowed=both, required=needed)


@dataclass(frozen=True)
class _Elements:
    """Elements in the order in which they are written."""

    name: str
    numbers: tuple[int, ...]

    SEPARATOR = ","

    @classmethod
    def parse(cls, name: str, value: object) -> Self:
        """The condition of ``Li,P,S`` (``Li-P-S`` for a chemical system) or a sequence of symbols."""
        numbers = tuple(dict.fromkeys(element(word) for word in words(value, cls.SEPARATOR + ",- ")))
        if not numbers:
            raise UserError(f"{name} is empty: name at least one element, e.g. Li{cls.SEPARATOR}O.")
        return cls(name, numbers)

    @property
    def text(self) -> str:
        """The symbols, as ``parse`` reads them."""
        return self.SEPARATOR.join(chemical_symbols[z] for z in self.numbers)


@dataclass(frozen=True)
class ChemicalSystem(_Elements):
    """Exactly these elements, e.g. ``Li-P-S``."""

    SEPARATOR = "-"

    def constrain(self, constraints: Constraints) -> Constraints:
        """Constraints with all of these elements and no others."""
        return narrow(constraints, frozenset(self.numbers), frozenset(self.numbers))


@dataclass(frozen=True)
class Elements(_Elements):
    """At least these elements, e.g. ``Li,O``."""

    def constrain(self, constraints: Constraints) -> Constraints:
        """Constraints with all of these elements."""
        return narrow(constraints, None, frozenset(self.numbers))


@dataclass(frozen=True)
class Exclude(_Elements):
    """None of these elements, e.g. ``F,Cl``."""

    def constrain(self, constraints: Constraints) -> Constraints:
        """Constraints without these elements."""
        return narrow(constraints, TRAINED_ELEMENTS - frozenset(self.numbers), frozenset())
