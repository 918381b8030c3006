"""Crystals of a CIF text, with a reason for every structure that is not a crystal."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING

from ..crystal import Crystal

if TYPE_CHECKING:
    from pymatgen.core import Structure

ENDS = ("_", "loop_", "data_", "#", ";")  # of a table
MAX_SITES = 5_000  # pymatgen takes four seconds for 2,000, and its time grows with their square


@dataclass(frozen=True)
class Unreadable:
    """An entry that is not a crystal, and the reason in one sentence, with what to do where something helps."""

    name: str
    reason: str


def crystals_of_cif(text: str, name: str) -> Iterator[Crystal | Unreadable]:
    """The crystals of a CIF, one per data block (``name``, ``name-2``, …); never raises for what the text holds."""
    from pymatgen.io.cif import CifParser

    if (sites := _sites_listed(text)) > MAX_SITES:
        yield Unreadable(name, f"it lists {sites:,} sites, more than {MAX_SITES:,}: too large to read")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pymatgen's remarks on rounded coordinates; failures come as exceptions
        try:
            structures = CifParser.from_str(text).parse_structures(primitive=False)
        except Exception as error:  # noqa: BLE001  a damaged CIF raises anything from KeyError to RecursionError
            yield Unreadable(name, _cause(text, error))
            return
    for count, structure in enumerate(structures, start=1):
        yield crystal_of_structure(structure, name if count == 1 else f"{name}-{count}")


def crystal_of_structure(
    structure: Structure, name: str, info: dict[str, object] | None = None
) -> Crystal | Unreadable:
    """A pymatgen structure as a crystal, or the reason why it is not one."""
    mixed = [site for site in structure if not site.is_ordered]
    if mixed:
        return Unreadable(
            name,
            f"partial occupancies on {len(mixed)} of {len(structure)} sites, e.g. {mixed[0].species_string}: make an "
            "ordered cell first, e.g. with pymatgen's OrderDisorderedStructureTransformation",
        )
    try:
        crystal = Crystal.from_structure(structure.copy(), name, info)
    except (ValueError, AttributeError, TypeError) as error:
        return Unreadable(name, first_line(error))
    return valid_crystal(crystal)


def valid_crystal(crystal: Crystal) -> Crystal | Unreadable:
    """The crystal, if it has atoms of known elements and a finite cell; otherwise the reason why not."""
    if len(crystal) == 0:
        return Unreadable(crystal.name, "it holds no atoms")
    if not 1 <= crystal.atomic_numbers.min() <= crystal.atomic_numbers.max() <= 118:
        return Unreadable(crystal.name, "an atom in it is not a known element")
    if not crystal.is_finite:
        return Unreadable(crystal.name, "a coordinate or the cell is not finite, or the cell is flat")
    return crystal


def _sites_listed(text: str) -> int:
    """Number of rows in the tables of atoms, which are not parsed."""
    count = 0
    for table in text.split("_atom_site_fract_x")[1:]:
        lines = (line.strip() for line in table.splitlines()[1:])
        rows = dropwhile(lambda line: line.startswith("_"), lines)
        count += sum(1 for _ in takewhile(lambda line: line and not line.startswith(ENDS), rows))
    return count


def _cause(text: str, error: Exception) -> str:
    """The cause of an unreadable CIF; pymatgen says "Invalid CIF file with no structures!" to most of them."""
    if not text.strip():
        return "the file is empty"
    if "_atom_site_fract_x" not in text:
        return "it holds no atoms (no _atom_site_fract_x)"
    if "_cell_length_a" not in text:
        return "it holds no cell (no _cell_length_a)"
    if isinstance(error, ZeroDivisionError) or "no structures" in str(error):
        return "not a readable CIF: rows of atoms, or numbers in them, are missing, or two atoms are at one place"
    return f"not a readable CIF: {first_line(error)}"


def first_line(error: Exception) -> str:
    """The first line of an error's message, or its type where the message is empty."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
