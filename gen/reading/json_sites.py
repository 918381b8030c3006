"""What stands on each site of a structure of pymatgen: one element, or shares of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cif_sites import FULL, PARTIAL
from .element_symbols import numbers_of, symbol_of_label
from .occupancies import KEYS, REMARK

Content = dict[int, float]  # share by atomic number


def contents_of(sites: Sequence[Mapping[str, Any]]) -> tuple[list[Content], tuple[str, ...]]:
    """The share of each element on each site, and remarks on occupancies and isotopes.

    Elements with several charges on one site count together. A site whose shares sum to 0.9995 or more is full.
    Raises ``ValueError`` for an occupancy that is not a number between 0 and ``FULL``, and for what is no element.
    """
    shares = [list(_shares(site)) for site in sites]
    numbers, isotopes = numbers_of(symbol for of_site in shares for symbol, _ in of_site)
    left, contents, highest = iter(numbers), [], 1.0
    for of_site in shares:
        content: Content = {}
        for _, part in of_site:
            number = next(left)
            content[number] = content.get(number, 0.0) + part
        content = {number: part for number, part in content.items() if part > 0}
        total = sum(content.values())
        if not 0 < total <= FULL:
            words = "a site has the occupancy" if len(content) < 2 else "the occupancies of a site sum to"
            raise ValueError(f"{words} {total:.4g}, {f'above {FULL}' if total > FULL else 'which is no atom'}")
        highest = max(highest, total)
        contents.append({z: part / total for z, part in content.items()} if total >= PARTIAL else content)
    return contents, (*((REMARK.format(highest),) if highest > 2 - PARTIAL else ()), *isotopes)


def coordinates_of(sites: Sequence[Mapping[str, Any]], lattice: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fractional coordinates, (n, 3), from these or from positions in Å. Raises ``KeyError`` without either."""
    coords = [
        site["abc"] if "abc" in site else np.linalg.solve(lattice.T, np.array(site["xyz"], dtype=np.float64))
        for site in sites
    ]
    return np.array(coords, dtype=np.float64).reshape(-1, 3)


def _shares(site: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Symbol and occupancy of each species. A property of the site tells the occupancy where the species do not."""
    species = site.get("species")
    if not species:
        species = [{"element": symbol_of_label(str(site["label"]))}]
    shares = [(str(one["element"]), _occupancy(one.get("occu", 1.0))) for one in species]
    told = [_occupancy(v) for key, v in (site.get("properties") or {}).items() if key.lower() in KEYS]
    if told and len(shares) == 1 and shares[0][1] >= PARTIAL:
        shares = [(shares[0][0], told[0])]
    yield from shares


def _occupancy(value: Any) -> float:
    number = float(value)
    if not number >= 0:
        raise ValueError(f"an occupancy is {number:.4g}, not a number from 0 to 1")
    return number
