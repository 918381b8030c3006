"""The framework in a file: the orbits of a known crystal without those of the elements that are drawn anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from ase.data import chemical_symbols

from ..conditioners.element_constraints import symbols
from ..disorder.places import as_places
from ..gen.crystal import Crystal
from ..gen.disordered_crystal import DisorderedCrystal
from ..gen.errors import UserError
from ..gen.symmetry.orbits import NoOrbits, Orbits, orbits_of
from ..io.limited_reading import read_within_limits
from ..validators.mobile_ions import MOBILE_IONS

NEARLY_FULL = 0.9  # least share of a place of the framework: refined occupancies miss 1 by a few percent

Share = tuple[tuple[int, float], ...]  # element, share of a place


@dataclass(frozen=True, eq=False)
class FrameworkFile:
    """What ``--like`` and ``--redraw`` ask for.

    symbol     meaning
    path       the file
    framework  the orbits that stay, in the setting of the whole crystal's space group
    redrawn    mean number of atoms that are drawn anew in the primitive cell, by atomic number
    """

    path: str
    framework: Orbits
    redrawn: Mapping[int, float]


def framework_of_file(path: str, redraw: frozenset[int]) -> FrameworkFile:
    """The framework without the elements ``redraw``; none given: without the mobile ion, Li before Na, K, Mg, ….

    Partly occupied places are drawn anew like full ones. Raises ``UserError`` for a file that is not one crystal, an
    element that it lacks, a framework that is disordered or empty, and where spglib finds no space group.
    """
    file = Path(path)
    return _framework(path, redraw, file.stat().st_mtime_ns if file.is_file() else 0)


@lru_cache(maxsize=8)
def _framework(path: str, redraw: frozenset[int], _changed: int) -> FrameworkFile:
    """The framework of a file as it was at the time ``_changed``: each batch of a run asks for it."""
    places = _crystal_in(path)
    redraw = redraw or _mobile_ion(places, path)
    if absent := redraw - places.counts.keys():
        raise UserError(f"{path}: no site holds {symbols(absent)} in {places.formula}; redraw others.")
    shares: list[Share] = [tuple(sorted((z, round(n, 4)) for z, n in share.items())) for share in places.shares]
    for share in set(shares):
        _check_share(share, redraw, path)
    kinds = sorted(set(shares))
    labels = [kinds.index(share) + 1 for share in shares]  # as if each kind of place were an element
    try:
        found = orbits_of(Crystal.of(places.lattice, places.frac_coords, labels))
    except NoOrbits as error:
        raise UserError(f"{path}: {error}; --like needs the space group of the crystal.") from error
    held = [kinds[kind - 1] for kind in found.elements]
    stays = np.array([not redraw & dict(share).keys() for share in held])
    if not stays.any():
        raise UserError(
            f"{path}: nothing is left of {places.formula} without {symbols(redraw)}; redraw fewer elements."
        )
    cells = round(len(places) / found.n_atoms)
    redrawn = {z: places.counts[z] / cells for z in sorted(redraw)}
    elements = np.array([share[0][0] for share, stay in zip(held, stays, strict=True) if stay])
    positions, theta = found.positions[stays], found.theta[stays]
    order = np.lexsort((elements, positions))
    framework = Orbits(found.space_group, positions[order], elements[order], theta[order], found.lattice)
    return FrameworkFile(path, framework, redrawn)


def _crystal_in(path: str) -> DisorderedCrystal:
    entries = list(read_within_limits(Path(path)))
    if len(entries) != 1:
        raise UserError(f"{path} holds {len(entries)} crystals; --like needs a file of one.")
    return as_places(entries[0])


def _mobile_ion(places: DisorderedCrystal, path: str) -> frozenset[int]:
    for ion in MOBILE_IONS.values():
        if ion.number in places.counts:
            return frozenset({ion.number})
    raise UserError(
        f"{path}: {places.formula} has no mobile ion ({', '.join(MOBILE_IONS)}); say what to draw, e.g. --redraw Ag."
    )


def _check_share(share: Share, redraw: frozenset[int], path: str) -> None:
    """Raises ``UserError`` for a place that is neither of the framework nor drawn anew as a whole."""
    elements = frozenset(z for z, _ in share)
    if elements <= redraw or (len(share) == 1 and share[0][1] >= NEARLY_FULL):
        return
    if elements & redraw or len(share) > 1:
        advice = f"redraw all of them, --redraw {','.join(chemical_symbols[z] for z in sorted(elements | redraw))}"
    else:
        advice = f"redraw {symbols(elements)}, too"
    text = " + ".join(f"{chemical_symbols[z]} {n:g}" for z, n in share)
    raise UserError(
        f"{path}: a site of the framework is disordered ({text}); order the crystal first, `electrolith order {path}`, "
        f"or {advice}."
    )
