"""Verdicts on each generated crystal, as generated and after relaxation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..gen.crystal import Crystal
from ..gen.symmetry.space_group_search import LOOSE_SYMPREC, STRICT_SYMPREC
from ..validators.chemistry.smact_validity import SmactValidity
from ..validators.relaxation.potentials import CHGNET
from ..validators.relaxation.relax import Relaxed
from ..validators.structure import distances, plausible, symmetry, volume
from ..validators.structure.displacement import distance_to_relaxed
from ..validators.structure.unique import Unique
from ..validators.thermodynamics.formation_energy import hull_distance
from .novelty_reference import NoveltyReference

MOST_ALIKE = 1000  # most similar crystals of a formula that one is compared with; of 3,701 twins, none was further away


@dataclass(frozen=True)
class CrystalMetrics:
    """Verdicts on one crystal, None where a check has no answer; some are known after relaxation only."""

    name: str
    formula: str
    n_atoms: int
    chemical_system: str
    structure_valid: bool | None
    composition_valid: bool | None
    distances_usual: bool | None
    volume_usual: bool | None
    space_group: int | None
    space_group_strict: int | None
    space_group_asked: int | None
    unique: bool | None
    novel: bool | None
    rmsd_from_relaxation: float = math.nan  # Å
    energy_above_hull: float = math.nan  # eV/atom
    converged: bool | None = None
    relaxed_unique: bool | None = None
    relaxed_novel: bool | None = None
    relaxation_failure: str = ""
    novel_lanthanides_merged: bool | None = None  # novel if all lanthanides count as one element


def structure_metrics(
    crystals: Iterable[Crystal], reference: NoveltyReference, space_groups: Mapping[str, int]
) -> list[CrystalMetrics]:
    """The verdicts that need no energies; ``space_groups`` holds the requested group by the name of a crystal."""
    unique = Unique(most_compared=MOST_ALIKE)
    usual_distances, usual_volume, valid, balanced = (
        distances.Distances(), volume.Volume(), plausible.Structure(), SmactValidity(),
    )  # fmt: skip
    rows = []
    for crystal in crystals:
        novel = reference.novel.check(crystal).passed
        rows.append(
            CrystalMetrics(
                name=crystal.name,
                formula=crystal.formula,
                n_atoms=len(crystal),
                chemical_system=crystal.composition.chemical_system,
                structure_valid=valid.check(crystal).passed,
                composition_valid=balanced.check(crystal).passed,
                distances_usual=usual_distances.check(crystal).passed,
                volume_usual=usual_volume.check(crystal).passed,
                space_group=symmetry.found_space_group(crystal, LOOSE_SYMPREC),
                space_group_strict=symmetry.found_space_group(crystal, STRICT_SYMPREC),
                space_group_asked=space_groups.get(crystal.name),
                unique=unique.check(crystal).passed,
                novel=novel,
                novel_lanthanides_merged=reference.is_novel_merged(crystal, novel),
            )
        )
        unique.add(crystal)
    return rows


def with_relaxation(
    rows: Sequence[CrystalMetrics],
    crystals: Iterable[Crystal],
    reference: NoveltyReference,
    minima: Iterable[Relaxed],
    potential: str = CHGNET,
) -> list[CrystalMetrics]:
    """The rows with the metrics of the crystals relaxed with a potential.

    Uniqueness and novelty are determined again for the relaxed crystals, as MatterGen does.
    """
    unique = Unique(most_compared=MOST_ALIKE)
    completed = []
    for row, crystal, relaxed in zip(rows, crystals, minima, strict=True):
        if relaxed.crystal is None:
            completed.append(replace(row, converged=False, relaxation_failure=relaxed.failure))
            continue
        completed.append(
            replace(
                row,
                rmsd_from_relaxation=distance_to_relaxed(crystal, relaxed.crystal),
                energy_above_hull=hull_distance(relaxed.crystal, relaxed.energy, potential),
                converged=relaxed.converged,
                relaxed_unique=unique.check(relaxed.crystal).passed,
                relaxed_novel=reference.novel.check(relaxed.crystal).passed,
            )
        )
        unique.add(relaxed.crystal)
    return completed
