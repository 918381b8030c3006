"""Crystals of a CIF, block by block. A block that cannot be read with certainty is an entry with the reason.

Where a block may mean several crystals (two origins, a symbol against operations), the one that agrees with the
stated formula, Z, density and multiplicities is read; if several agree, none is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..crystal import Crystal
from ..disordered_crystal import DisorderedCrystal
from .cif_blocks import CifBlock, blocks_of_cif
from .cif_cell import lattice_of
from .cif_choice import chosen_cell
from .cif_faults import CifFault
from .cif_formulas import formula_text
from .cif_images import CellSites
from .cif_remarks import said_once
from .cif_sites import PARTIAL, CifSite, sites_of
from .cif_statements import Statements, check_volume, statements_of
from .cif_symmetry import Candidate, candidates_of
from .unreadable import Unreadable, crystal_of_structure, disordered_entry, first_line, valid_crystal

__all__ = ["Unreadable", "crystal_of_structure", "crystals_of_cif", "first_line", "valid_crystal"]

Cell = NDArray[np.float64]  # (3, 3), Å
STRUCTURE = ("_cell_length_a", "_atom_site_fract_x", "_atom_site_cartn_x")
MODULATED = ("_cell_modulation_dimension", "_cell_wave_vector_seq_id", "_cell_wave_vector_x")


def crystals_of_cif(text: str, name: str) -> Iterator[Crystal | Unreadable]:
    """The crystals of a CIF, one per data block (``name``, ``name-2``, …); never raises for what the text holds.

    Blocks without a cell and without atoms, such as those of a publication, are no entries.
    """
    if not text.strip():
        yield Unreadable(name, "the file is empty")
        return
    count = 0
    for block in blocks_of_cif(text):
        if isinstance(block, CifBlock) and not any(block.has(tag) for tag in STRUCTURE):
            continue
        count += 1
        yield crystal_of_block(block, name if count == 1 else f"{name}-{count}")
    if count == 0:
        yield Unreadable(name, "it holds no atoms (no _atom_site_fract_x)")


def crystal_of_block(block: CifBlock | CifFault, name: str) -> Crystal | Unreadable:
    """The crystal of a data block, or the reason why it is not read."""
    if isinstance(block, CifFault):
        return Unreadable(name, str(block))
    try:
        lattice, cell, sites, remarks = _cell_of(block)
    except CifFault as fault:
        return Unreadable(name, str(fault))
    except Exception as error:  # noqa: BLE001  a fault of this reader must not end a run
        return Unreadable(name, f"not a readable CIF: {first_line(error)}")
    if cell.disordered:
        labels = tuple(site.label for site in sites)
        shares = tuple(cell.content)
        mixed = DisorderedCrystal(lattice, cell.positions, shares, cell.source, labels, name, said_once(remarks))
        return disordered_entry(mixed)
    numbers = [next(iter(content)) for content in cell.content]
    order = sorted(range(len(numbers)), key=lambda k: _rank(numbers[k]))
    crystal = Crystal.of(lattice, cell.positions[order], np.array(numbers)[order], name)
    return valid_crystal(replace(crystal, remarks=said_once(remarks)))


def _cell_of(block: CifBlock) -> tuple[Cell, CellSites, list[CifSite], list[str]]:
    """The lattice, the places of the cell, the listed sites, and the remarks."""
    if any(block.has(tag) for tag in MODULATED):
        raise CifFault("it is a modulated structure, whose average would be another crystal")
    statements, found = statements_of(block)
    remarks = [*([block.remark] if block.remark else []), *found]
    elements = statements.formula.symbols if statements.formula else frozenset()
    sites, found = sites_of(block, elements)
    remarks += found
    lattice, found = lattice_of(block)
    remarks += found
    check_volume(statements, abs(float(np.linalg.det(lattice))))
    candidates = candidates_of(block, lattice)
    try:
        cell, found = chosen_cell(candidates, sites, statements, lattice)
    except CifFault as fault:
        if all(site.occupancy >= PARTIAL for site in sites):
            raise
        cell, found = _by_occupancies(candidates, sites, statements, lattice, fault)
    return lattice, cell, sites, [*remarks, *found]


def _by_occupancies(
    candidates: Sequence[Candidate], sites: list[CifSite], statements: Statements, lattice: Cell, fault: CifFault
) -> tuple[CellSites, list[str]]:
    """The cell of a disordered crystal whose refined occupancies are not those of the stated formula.

    X-rays hardly see Li, so that its occupancies are often far off. Raises the fault if elements without a share in a
    mixed place contradict the formula as well.
    """
    cell, found = chosen_cell(candidates, sites, statements.of_volume(), lattice)
    if not statements.formula or not cell.disordered or not statements.agree_on_full_places(cell):
        raise fault
    text = formula_text(cell.counts)
    return cell, [*found, f"It states the formula {statements.formula.text}; its occupancies, {text}, are read."]


@lru_cache(maxsize=128)
def _rank(number: int) -> tuple[float, str]:
    """Elements from electropositive to electronegative, the order of pymatgen's files."""
    from pymatgen.core import Element

    element = Element.from_Z(number)
    return (float(element.X) if np.isfinite(element.X) else 99.0, element.symbol)
