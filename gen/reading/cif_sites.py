"""The listed sites of a CIF block: element, position, occupancy, and what the file says of their multiplicity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cif_blocks import UNKNOWN, CifBlock
from .cif_elements import element_of
from .cif_faults import CifFault
from .cif_numbers import number_of, number_or_none, rounding_of

MAX_SITES = 5_000
FULL = 1.05  # greatest occupancy that is read as 1
PARTIAL = 0.9995  # least one
AXES = ("_atom_site_fract_x", "_atom_site_fract_y", "_atom_site_fract_z")
THIRDS = (1 / 3, 2 / 3)
OF_ATOMS = tuple(
    f"_atom_site_{start}"
    for start in ("type_symbol", "fract", "occ", "attached_h", "symmetry_m", "site_symmetry_m", "disorder", "calc_flag")
)  # starts of the tags that say which atoms a site holds


@dataclass(frozen=True)
class CifSite:
    """A listed site.

    symbol        meaning                                              shape, unit
    label         as in the file
    number        atomic number
    position      fractional coordinates                               (3,)
    occupancy     0 to 1.05
    multiplicity  number of its images in the cell by the file; None: not given
    group         disorder group; empty: none
    rounding      half of the last written digit of each coordinate     (3,)
    hydrogens     whether its label tells of hydrogens that may not be listed
    isotope       whether it is an isotope with another mass than the element's
    """

    label: str
    number: int
    position: NDArray[np.float64]
    occupancy: float = 1.0
    multiplicity: float | None = None
    group: str = ""
    hydrogens: bool = False
    isotope: bool = False
    rounding: tuple[float, float, float] = (0.0, 0.0, 0.0)


def sites_of(block: CifBlock, stated: frozenset[str]) -> tuple[list[CifSite], list[str]]:
    """The sites that hold atoms, and remarks; ``stated`` are the elements of the stated formula.

    Raises ``CifFault`` if a site cannot be read with certainty.
    """
    table = block.table(AXES[0])
    if block.has("_atom_site_cartn_x") and not table:
        raise CifFault("it gives Cartesian coordinates: give fractional ones (_atom_site_fract_x)")
    missing = [axis for axis in AXES if axis not in table]
    if missing:
        raise CifFault(f"it holds no atoms (no {missing[0]})")
    rows = len(table[AXES[0]])
    if rows > MAX_SITES:
        raise CifFault(f"it lists {rows:,} sites, more than {MAX_SITES:,}: too large to read")
    _check_elsewhere(block)
    columns = {tag: block.column(tag) for tag in table if tag.startswith("_atom_site")}
    remarks: dict[str, None] = {}
    sites = [site for k in range(rows) if (site := _site(_Row(columns, k), stated, remarks))]
    if not sites:
        raise CifFault("it holds no atoms (all coordinates are unknown, or all sites vacant)")
    groups = sorted({site.group for site in sites if site.occupancy == 1 and site.group})
    if len(groups) > 1 or any(group.startswith("-") for group in groups):
        words = " and ".join(groups[:3])
        raise CifFault(f"its sites of the disorder groups {words} exclude each other, but their occupancies are 1")
    return sites, list(remarks)


def _check_elsewhere(block: CifBlock) -> None:
    """Raises ``CifFault`` if a value outside the table of the coordinates says which atoms a site holds."""
    for items in ({tag: [value] for tag, value in block.pairs.items()}, *block.loops):
        if AXES[0] in items:
            continue
        for tag, values in items.items():
            if tag.startswith(OF_ATOMS) and any(value not in UNKNOWN for value in values):
                raise CifFault(f"{tag} is outside the table of the coordinates ({AXES[0]}): put it into that table")


@dataclass(frozen=True)
class _Row:
    """A row of the table of sites."""

    columns: dict[str, list[str]]
    number: int

    def __call__(self, name: str) -> str:
        """The value in a column; empty if it is missing or unknown."""
        values = self.columns.get(f"_atom_site_{name}")
        value = values[self.number] if values else ""
        return "" if value in UNKNOWN else value


def _site(row: _Row, stated: frozenset[str], remarks: dict[str, None]) -> CifSite | None:
    label = row("label") or row("id") or row("label_atom_id") or row("type_symbol")
    if row("calc_flag").lower().startswith("dum"):
        remarks[f"The dummy atom {label} is left out."] = None
        return None
    texts = [row(f"fract_{axis}") for axis in "xyz"]
    if not label and not any(texts):
        return None
    element = element_of(row("type_symbol"), label, stated)
    if element.remark:
        remarks[element.remark] = None
    if element.number == 0:
        return None
    if not all(texts):
        raise CifFault(f"the site {label} has no coordinates")
    position = np.array([_third(number_of(t, f"a coordinate of site {label}")) for t in texts])
    occupancy = _occupancy(row("occupancy"), label, remarks)
    if occupancy == 0:
        remarks[f"The site {label} has the occupancy 0 and is left out."] = None
        return None
    attached = number_or_none(row("attached_hydrogens")) or 0
    if attached > 0:
        raise CifFault(f"the site {label} has {attached:g} attached hydrogens that are not listed: list them as atoms")
    multiplicity = number_or_none(row("symmetry_multiplicity") or row("site_symmetry_multiplicity"))
    group = row("disorder_group").strip()
    group = "" if group == "0" else group
    is_isotope = element.remark.startswith("The isotope")
    x, y, z = (rounding_of(text) for text in texts)
    hydrogens = element.hydrogens
    return CifSite(label, element.number, position, occupancy, multiplicity, group, hydrogens, is_isotope, (x, y, z))


def _third(value: float) -> float:
    """1/3 and 2/3 in full precision where they are written with four digits or more."""
    return next((third for third in THIRDS if abs(value / third - 1) <= 1e-4), value)


def _occupancy(text: str, label: str, remarks: dict[str, None]) -> float:
    if not text:
        return 1.0
    value = number_of(text, f"the occupancy of site {label}")
    if value < 0:
        raise CifFault(f"the occupancy of site {label} is {value:g}, below 0")
    if value > FULL:
        raise CifFault(f"the occupancy of site {label} is {value:g}, above {FULL}")
    if value > 1:
        remarks[f"The occupancy {value:g} of site {label} is read as 1."] = None
    return 1.0 if value >= PARTIAL else value
