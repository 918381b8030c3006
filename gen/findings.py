"""Findings about a crystal that one step passes to the next: typed records with units.

They are fixed once made: a step that finds something makes a new crystal (``Crystal.with_findings``). What the input
file said about a crystal is in ``Crystal.info`` instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .stored_records import stored_record


@dataclass(frozen=True)
class PotentialEnergy:
    """The energy of a crystal with a machine-learned potential, on the potential's own scale.

    symbol     meaning                    unit
    per_atom   energy of the cell         eV/atom
    potential  name of the potential
    """

    per_atom: float
    potential: str


@dataclass(frozen=True)
class ElasticModuli:
    """The moduli of a polycrystal.

    symbol  meaning                          unit
    bulk    bulk modulus K                   GPa
    shear   shear modulus G                  GPa
    source  name of the potential, or ``info`` for columns of the input file
    """

    bulk: float
    shear: float
    source: str


@dataclass(frozen=True)
class Findings:
    """Findings of earlier steps; None where no step has computed them.

    symbol       meaning
    space_group  number of the requested space group, 1–230
    energy       energy with a potential
    moduli       bulk and shear modulus
    """

    space_group: int | None = None
    energy: PotentialEnergy | None = None
    moduli: ElasticModuli | None = None


def findings_from(values: Mapping[str, Any]) -> Findings:
    """Findings from their fields as read from JSON, see ``dataclasses.asdict``."""
    energy, moduli = values.get("energy"), values.get("moduli")
    return stored_record(
        Findings,
        {
            "space_group": values.get("space_group"),
            "energy": None if energy is None else stored_record(PotentialEnergy, energy),
            "moduli": None if moduli is None else stored_record(ElasticModuli, moduli),
        },
    )
