"""Entries that are not ordered crystals, each with its reason, and the checks that every reader makes last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from ase.data import chemical_symbols
from numpy.typing import NDArray

from ..crystal import Crystal
from ..disordered_crystal import FULL_SHARE, DisorderedCrystal
from .cif_elements import HEAVIEST_FOUND
from .overlaps import SAME_PLACE, overlap_of

if TYPE_CHECKING:
    from pymatgen.core import Structure


HEAVIEST = 118  # the last element that has a name


@dataclass(frozen=True)
class Unreadable:
    """An entry that is not an ordered crystal, and the reason in one sentence, with what to do where something helps.

    ``source`` is the file that it was read from, and its place in it. ``disordered`` is the crystal that it is, where
    partial occupancies are the reason: steps that make ordered models of it go on with it, all others have the reason.
    """

    name: str
    reason: str
    source: str = ""
    disordered: DisorderedCrystal | None = None


def disordered_entry(crystal: DisorderedCrystal) -> Unreadable:
    """A disordered crystal as an entry: the reason for steps that need an ordered crystal, and the crystal itself."""
    mixed = [share for share, is_mixed in zip(crystal.shares, crystal.is_mixed, strict=True) if is_mixed]
    reason = partial_occupancies(len(mixed), len(crystal), species_text(mixed[0]))
    return Unreadable(crystal.name, reason, crystal.source, crystal)


def crystal_of_structure(
    structure: Structure, name: str, info: dict[str, object] | None = None
) -> Crystal | Unreadable:
    """A pymatgen structure as a crystal, or the reason why it is not one."""
    if not structure.is_ordered:
        return _disordered(structure, name)
    try:
        crystal = Crystal.from_structure(structure.copy(), name, info)
    except (ValueError, AttributeError, TypeError) as error:
        return Unreadable(name, first_line(error))
    return valid_crystal(crystal)


def _disordered(structure: Structure, name: str) -> Unreadable:
    contents = [{int(e.Z): float(n) for e, n in site.species.element_composition.items()} for site in structure]
    if above := next((c for c in contents if sum(c.values()) > 2 - FULL_SHARE), None):
        return Unreadable(name, f"the occupancies of a site sum to {sum(above.values()):.4g}, above 1")
    return mixed_crystal(structure.lattice.matrix, structure.frac_coords, contents, name)


def mixed_crystal(
    lattice: NDArray[np.float64],
    coords: NDArray[np.float64],
    contents: Sequence[Mapping[int, float]],
    name: str,
    remarks: tuple[str, ...] = (),
) -> Unreadable:
    """A disordered crystal as an entry, from the share of each element at each place by atomic number.

    Places with the same content count as one site.
    """
    if not (np.isfinite(coords).all() and Crystal.of(lattice, coords[:1], [1]).is_finite):
        return Unreadable(name, "a coordinate or the cell is not finite, or the cell is flat")
    texts = [species_text(content) for content in contents]
    kinds = list(dict.fromkeys(texts))
    sites = np.array([kinds.index(text) for text in texts])
    return disordered_entry(
        DisorderedCrystal(lattice, coords % 1.0, tuple(contents), sites, tuple(kinds), name, remarks)
    )


def partial_occupancies(mixed: int, sites: int, example: str) -> str:
    """The reason why a disordered crystal is no ordered one: ``mixed`` of its ``sites`` are partly occupied."""
    return (
        f"partial occupancies on {mixed} of {sites} sites, e.g. {example}: make an ordered cell first with "
        "`electrolith order`"
    )


def species_text(share: Mapping[int, float]) -> str:
    """The shares of a place, e.g. ``Zr:0.700, Ta:0.300``."""
    return ", ".join(f"{chemical_symbols[z]}:{n:.3f}" for z, n in share.items())


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
