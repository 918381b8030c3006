"""Crystals of a CIF, block by block. A block that cannot be read with certainty is an entry with the reason.

Where a block may mean several crystals (two origins, a symbol against operations), the one that agrees with the
stated formula, Z, density and multiplicities is read; if several agree, none is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..crystal import Crystal
from .cif_blocks import CifBlock, blocks_of_cif
from .cif_cell import lattice_of
from .cif_choice import chosen_cell
from .cif_faults import CifFault
from .cif_images import CellSites
from .cif_remarks import said_once
from .cif_sites import PARTIAL, sites_of
from .cif_statements import check_volume, statements_of
from .cif_symmetry import candidates_of
from .unreadable import Unreadable, crystal_of_structure, first_line, partial_occupancies, valid_crystal

__all__ = ["Unreadable", "crystal_of_structure", "crystals_of_cif", "first_line", "valid_crystal"]

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
        lattice, cell, remarks = _cell_of(block)
    except CifFault as fault:
        return Unreadable(name, str(fault))
    except Exception as error:  # noqa: BLE001  a fault of this reader must not end a run
        return Unreadable(name, f"not a readable CIF: {first_line(error)}")
    if mixed := cell.disordered:
        return Unreadable(name, partial_occupancies(len(mixed), len(cell.content), _species(mixed[0])))
    numbers = [next(iter(content)) for content in cell.content]
    order = sorted(range(len(numbers)), key=lambda k: _rank(numbers[k]))
    crystal = Crystal.of(lattice, cell.positions[order], np.array(numbers)[order], name)
    return valid_crystal(replace(crystal, remarks=said_once(remarks)))


def _cell_of(block: CifBlock) -> tuple[NDArray[np.float64], CellSites, list[str]]:
    """The lattice, the places of the cell, and the remarks."""
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
    try:
        cell, found = chosen_cell(candidates_of(block, lattice), sites, statements, lattice)
    except CifFault as fault:
        partial = [site for site in sites if site.occupancy < PARTIAL]
        if partial:
            example = _species({partial[0].number: partial[0].occupancy})
            raise CifFault(f"{partial_occupancies(len(partial), len(sites), example)}; besides, {fault}") from fault
        raise
    return lattice, cell, [*remarks, *found]


def _species(content: dict[int, float]) -> str:
    from ase.data import chemical_symbols

    return ", ".join(f"{chemical_symbols[z]}:{n:.3f}" for z, n in content.items())


@lru_cache(maxsize=128)
def _rank(number: int) -> tuple[float, str]:
    """Elements from electropositive to electronegative, the order of pymatgen's files."""
    from pymatgen.core import Element

    element = Element.from_Z(number)
    return (float(element.X) if np.isfinite(element.X) else 99.0, element.symbol)
