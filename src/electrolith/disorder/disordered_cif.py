"""CIFs of disordered crystals: all places of the cell in P1, each with the share of each element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from ase.data import chemical_symbols
from numpy.typing import NDArray

from ..gen.disordered_crystal import DisorderedCrystal
from ..io.cif_writer import CELL_TAGS, block_name, cell_parameters, comment_lines

DIGITS = 8


def disordered_cif(crystal: DisorderedCrystal, comments: Sequence[str] = ()) -> str:
    """The text of the CIF."""
    lines = [*comment_lines(comments), *cell_lines(crystal.lattice, crystal.name)]
    return "\n".join([*lines, *site_lines(crystal.frac_coords, crystal.shares)]) + "\n"


def cell_lines(lattice: NDArray[np.float64], name: str) -> list[str]:
    """The head of a data block: its cell, in P1."""
    values = zip(CELL_TAGS, cell_parameters(lattice), strict=True)
    lines = [f"data_{block_name(name)}", *(f"{tag:<36}{value:.{DIGITS}f}" for tag, value in values)]
    return [*lines, "_symmetry_space_group_name_H-M      'P 1'", "_symmetry_Int_Tables_number         1"]


def site_lines(coords: NDArray[np.float64], shares: Sequence[Mapping[int, float]]) -> list[str]:
    """The table of sites: a row for each element on each place."""
    tags = ("type_symbol", "label", "fract_x", "fract_y", "fract_z", "occupancy")
    lines, seen = ["loop_", *(f" _atom_site_{tag}" for tag in tags)], dict.fromkeys(range(120), 0)
    for place, share in zip(np.round(coords % 1.0, DIGITS) % 1.0, shares, strict=True):
        words = "  ".join(f"{x:.{DIGITS}f}" for x in place)
        for z, part in share.items():
            seen[z] += 1
            lines.append(f"  {chemical_symbols[z]}  {chemical_symbols[z]}{seen[z]}  {words}  {part:.6g}")
    return lines
