"""The verdicts on each generated crystal, as made and after relaxation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..gen.crystal import Crystal
from ..gen.symmetry.space_group_search import LOOSE_SYMPREC, STRICT_SYMPREC
from ..validators.chemistry import charge
from ..validators.structure import distances, symmetry, volume
from ..validators.structure import plausible as structure
from ..validators.structure.novel import Novel
from ..validators.structure.unique import Unique
from .novelty_reference import Reference

if TYPE_CHECKING:
    from ..validators.relaxation.relax import Relaxed


@dataclass(frozen=True)
class Judged:
    """One crystal and the verdicts on it; the last six are known after relaxation only."""

    name: str
    formula: str
    n_atoms: int
    chemical_system: str
    structure_valid: bool
    composition_valid: bool
    distances_usual: bool
    volume_usual: bool
    space_group: int
    space_group_strict: int
    space_group_asked: int | None
    unique: bool
    novel: bool
    rmsd_from_relaxation: float = math.nan  # Å
    energy_above_hull: float = math.nan  # eV/atom
    converged: bool | None = None
    relaxed_unique: bool | None = None
    relaxed_novel: bool | None = None
    relaxation_failure: str = ""


def judge(crystals: Iterable[Crystal], reference: Reference, asked: Mapping[str, int]) -> list[Judged]:
    """The verdicts that need no energies."""
    unique, novel = Unique(most_compared=None), Novel(reference.crystals)
    usual_distances, usual_volume, valid, balanced = (
        distances.Distances(), volume.Volume(), structure.Structure(), charge.Charge(),
    )  # fmt: skip
    rows = []
    for crystal in crystals:
        rows.append(
            Judged(
                name=crystal.name,
                formula=crystal.formula,
                n_atoms=len(crystal),
                chemical_system=crystal.composition.chemical_system,
                structure_valid=bool(valid.check(crystal).passed),
                composition_valid=bool(balanced.check(crystal).passed),
                distances_usual=bool(usual_distances.check(crystal).passed),
                volume_usual=bool(usual_volume.check(crystal).passed),
                space_group=symmetry.found_space_group(crystal, LOOSE_SYMPREC) or 1,
                space_group_strict=symmetry.found_space_group(crystal, STRICT_SYMPREC) or 1,
                space_group_asked=asked.get(crystal.name),
                unique=unique.check(crystal).passed is not False,
                novel=novel.check(crystal).passed is not False,
            )
        )
        unique.add(crystal)
    return rows


def relaxed(
    judged: Sequence[Judged], crystals: Iterable[Crystal], reference: Reference, minima: Iterable[Relaxed]
) -> list[Judged]:
    """The same rows with what relaxation tells; sameness is asked again of the relaxed crystals, as MatterGen does."""
    from ..validators.structure.displacement import distance_to_relaxed
    from ..validators.thermodynamics.formation_energy import hull_distance

    unique, novel = Unique(most_compared=None), Novel(reference.crystals)
    rows = []
    for row, crystal, found in zip(judged, crystals, minima, strict=True):
        if found.crystal is None:
            rows.append(replace(row, converged=False, relaxation_failure=found.failure))
            continue
        rows.append(
            replace(
                row,
                rmsd_from_relaxation=distance_to_relaxed(crystal, found.crystal),
                energy_above_hull=hull_distance(found.crystal, found.energy),
                converged=found.converged,
                relaxed_unique=unique.check(found.crystal).passed is not False,
                relaxed_novel=novel.check(found.crystal).passed is not False,
            )
        )
        unique.add(found.crystal)
    return rows
