"""Entries that are not crystals, each with its reason, and the checks that every reader makes last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..crystal import Crystal
from .cif_elements import HEAVIEST_FOUND
from .overlaps import SAME_PLACE, overlap_of

if TYPE_CHECKING:
    from pymatgen.core import Structure


HEAVIEST = 118  # the last element that has a name


@dataclass(frozen=True)
class Unreadable:
    """An entry that is not a crystal, and the reason in one sentence, with what to do where something helps.

    ``source`` is the file that it was read from, and its place in it.
    """

    name: str
    reason: str
    source: str = ""


def crystal_of_structure(
    structure: Structure, name: str, info: dict[str, object] | None = None
) -> Crystal | Unreadable:
    """A pymatgen structure as a crystal, or the reason why it is not one."""
    mixed = [site for site in structure if not site.is_ordered]
    if mixed:
        return Unreadable(name, partial_occupancies(len(mixed), len(structure), mixed[0].species_string))
    try:
        crystal = Crystal.from_structure(structure.copy(), name, info)
    except (ValueError, AttributeError, TypeError) as error:
        return Unreadable(name, first_line(error))
    return valid_crystal(crystal)


def partial_occupancies(mixed: int, sites: int, example: str) -> str:
    """The reason why a disordered crystal is not read: ``mixed`` of its ``sites`` are partly occupied."""
    return (
        f"partial occupancies on {mixed} of {sites} sites, e.g. {example}: make an ordered cell first, e.g. with "
        "pymatgen's OrderDisorderedStructureTransformation"
    )


def valid_crystal(crystal: Crystal) -> Crystal | Unreadable:
    """The crystal, if it has atoms of known elements and a finite cell; otherwise the reason why not."""
    if len(crystal) == 0:
        return Unreadable(crystal.name, "it holds no atoms")
    heaviest = int(crystal.atomic_numbers.max())
    if not 1 <= crystal.atomic_numbers.min() <= heaviest <= HEAVIEST:
        return Unreadable(crystal.name, "an atom in it is not a known element")
    if heaviest > HEAVIEST_FOUND:
        return Unreadable(crystal.name, f"no crystals of element {heaviest} exist: is another element meant?")
    if not crystal.is_finite:
        return Unreadable(crystal.name, "a coordinate or the cell is not finite, or the cell is flat")
    distance, overlap = overlap_of(crystal)
    if distance < SAME_PLACE:
        return Unreadable(crystal.name, overlap)
    return replace(crystal, remarks=(*crystal.remarks, f"{overlap}.")) if overlap else crystal


def first_line(error: Exception) -> str:
    """The first line of an error's message, or its type where the message is empty."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
