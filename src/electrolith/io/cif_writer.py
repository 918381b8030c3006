"""A symmetrised CIF from orbits: cell, all symmetry operations, and one site per orbit.

pymatgen's writer searches for the symmetry first (20 ms and more); orbits know it, so this takes a millisecond.
The tags are those that pymatgen, ASE, VESTA and MatterGen's tools read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache

import numpy as np
from ase.data import chemical_symbols
from numpy.typing import NDArray

from ..conditioners.space_group_symbols import spaced_symbol
from ..gen.plain_text import plain
from ..gen.symmetry.orbits import Orbits, crystal_of, lattice_points
from ..gen.symmetry.wyckoff_tables import LETTERS, wyckoff_tables

DIGITS = 8  # 1e-7 Å in a 10 Å cell


def cif_text(orbits: Orbits, name: str, comments: Sequence[str] = ()) -> str:
    """CIF of a crystal in the conventional cell of its group's standard setting, after ``comments``, a line each.

    The data block has the name in ASCII without blanks; a comment has the whole name where it differs.
    """
    crystal = crystal_of(orbits, name)
    reduced, units = crystal.composition.get_reduced_composition_and_factor()
    block = block_name(name)
    whole = [f"name: {name}"] if block != "_".join(plain(name).split()) else []
    lines = [*comment_lines([*whole, *comments]), f"data_{block}"]
    lines += _tags(
        {
            "_chemical_formula_structural": reduced.reduced_formula,
            "_chemical_formula_sum": f"'{crystal.composition.formula}'",
            "_cell_formula_units_Z": str(round(units)),
            **{tag: _number(value) for tag, value in zip(CELL_TAGS, cell_parameters(crystal.lattice), strict=True)},
            "_cell_volume": _number(crystal.volume),
            "_symmetry_Int_Tables_number": str(orbits.space_group),
            "_symmetry_space_group_name_H-M": f"'{spaced_symbol(orbits.space_group)}'",
        }
    )
    lines += ["loop_", " _symmetry_equiv_pos_site_id", " _symmetry_equiv_pos_as_xyz"]
    lines += [f"  {k}  '{text}'" for k, text in enumerate(operations(orbits.space_group), start=1)]
    lines += ["loop_", *(f" _atom_site_{tag}" for tag in SITE_TAGS), *_sites(orbits)]
    return "\n".join(lines) + "\n"


def block_name(name: str) -> str:
    """The name as that of a data block, for which CIF allows visible ASCII only: ``Hohle__`` for ``Höhle_β``."""
    letters = unicodedata.normalize("NFKD", "_".join(plain(name).split()))
    return "".join(one if one.isascii() else "_" for one in letters if not unicodedata.combining(one)) or "crystal"


def comment_lines(comments: Iterable[str]) -> list[str]:
    """Comments of a CIF, one line each, so that no text of them is read as data."""
    return [f"# {plain(comment)}" for comment in comments]


CELL_TAGS = tuple(f"_cell_length_{edge}" for edge in "abc") + tuple(
    f"_cell_angle_{angle}" for angle in ("alpha", "beta", "gamma")
)
SITE_TAGS = (
    "type_symbol", "label", "symmetry_multiplicity", "Wyckoff_symbol", "fract_x", "fract_y", "fract_z", "occupancy",
)  # fmt: skip


def cell_parameters(lattice: NDArray[np.float64]) -> NDArray[np.float64]:
    """a, b, c in Å and α, β, γ in degrees of row vectors (3, 3)."""
    lengths = np.linalg.norm(lattice, axis=1)
    pairs = ((1, 2), (0, 2), (0, 1))
    cosines = [lattice[i] @ lattice[j] / (lengths[i] * lengths[j]) for i, j in pairs]
    return np.concatenate([lengths, np.degrees(np.arccos(np.clip(cosines, -1, 1)))])


@cache
def operations(space_group: int) -> tuple[str, ...]:
    """All symmetry operations of the conventional cell as texts ``x,y,z``, the identity first."""
    tables = wyckoff_tables()
    general = tables.positions_of(space_group)[-1]
    chosen = slice(tables.op_start[general], tables.op_start[general] + tables.op_count[general])
    return tuple(
        _operation(rotation, (translation + centring) % 1.0)
        for centring in lattice_points(space_group)
        for rotation, translation in zip(tables.op_rotation[chosen], tables.op_translation[chosen], strict=True)
    )


def _operation(rotation: NDArray[np.float64], translation: NDArray[np.float64]) -> str:
    parts = []
    for row, shift in zip(np.rint(rotation).astype(int), translation, strict=True):
        terms = "".join(f"{'+' if c > 0 else '-'}{axis}" for c, axis in zip(row, "xyz", strict=True) if c)
        fraction = Fraction(float(shift)).limit_denominator(24)
        shifted = f"{terms}+{fraction}" if 0 < fraction < 1 else terms
        parts.append(shifted.removeprefix("+"))
    return ",".join(parts)


def _sites(orbits: Orbits) -> list[str]:
    tables = wyckoff_tables()
    lines, seen = [], dict.fromkeys(range(120), 0)
    for position, number, theta in zip(orbits.positions, orbits.elements, orbits.theta, strict=True):
        symbol, letter = chemical_symbols[number], LETTERS[tables.letter[position]]
        point = np.round((tables.linear[position] @ theta + tables.offset[position]) % 1.0, DIGITS) % 1.0
        place = "  ".join(f"{x:.{DIGITS}f}" for x in point)
        lines.append(f"  {symbol}  {symbol}{seen[number]}  {tables.multiplicity[position]}  {letter}  {place}  1")
        seen[number] += 1
    return lines


def _tags(values: dict[str, str]) -> list[str]:
    return [f"{tag:<36}{value}" for tag, value in values.items()]


def _number(value: float) -> str:
    return f"{value:.{DIGITS}f}"
