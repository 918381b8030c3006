"""Quota of chemistry: each crystal of a run keeps the family of a known compound, so that no family dies out.

What is predicted to be stable and new is found among intermetallics more easily than among oxides: without a quota the
replacement of crystals would shift the chemistry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..gen.data.dataset import SPLITS, OrbitDataset, reference_set
from ..gen.sampling.skeleton_selection import Kinds
from ..gen.skeleton.constraints import Constraints
from ..gen.skeleton.skeleton import Skeleton
from ..validators.chemistry.anion_families import F_BLOCK
from ..validators.chemistry.compound_families import NON_METALS, WITH_F, chemistry_of
from .acceptance import Attempt
from .attempt_seeds import attempt_seed, slot_point

NEAR_HULL = 0.1  # eV/atom: height of the known compounds that decide the shares
FEWEST = 100  # known compounds that decide the shares; below, the models' own draws do
FREE_AFTER = 14  # attempts after which a crystal need not keep its chemistry


def kept_chemistry(
    constraints: Constraints, attempts: Sequence[Attempt], seed: int, as_drawn: bool = False
) -> Kinds | None:
    """The kinds that the crystals of these attempts keep; None from attempt ``FREE_AFTER`` on, for all or for none."""
    if attempts[0].number >= FREE_AFTER:
        return None
    first = [attempt_seed(seed, attempt.slot, 0) for attempt in attempts]
    points = [slot_point(seed, attempt.slot) for attempt in attempts]
    return chemistry_quota(constraints, first, points, as_drawn)


def chemistry_quota(
    constraints: Constraints, seeds: Sequence[int], points: Sequence[float], as_drawn: bool = False
) -> Kinds:
    """The kinds that crystals keep, each decided by its seed and its point in [0, 1); even points give even shares.

    Known compounds that meet the constraints decide the shares; the models' own draws where these are few, for a single
    chemical system, and with ``as_drawn``, e.g. for property targets, which shift the chemistry for good reason.
    """
    if as_drawn or constraints.formula is not None or constraints.allowed == constraints.required:
        return Kinds(of_skeleton, seeds)
    known = _known_compounds(
        constraints.allowed,
        constraints.required,
        constraints.space_groups,
        constraints.min_atoms,
        constraints.max_atoms,
    )
    if len(known) < FEWEST:
        return Kinds(of_skeleton, seeds)
    examples = [known[int(point * len(known))] for point in points]
    kept = [chemistry_of(elements) for elements in examples]
    return Kinds(of_skeleton, seeds, kept, [narrowed(constraints, elements) for elements in examples])


def of_skeleton(skeleton: Skeleton) -> str:
    """The chemistry of a skeleton."""
    return chemistry_of(skeleton.elements)


def narrowed(constraints: Constraints, example: frozenset[int]) -> Constraints:
    """The constraints for crystals of the chemistry of an example, which has all their required elements.

    Its most electronegative non-metal is required, others above that and, if it has none, f elements are excluded.
    """
    excluded = set() if chemistry_of(example).endswith(WITH_F) else set(F_BLOCK)
    required = set(constraints.required)
    for number in NON_METALS:
        if number in example:
            required.add(number)
            break
        excluded.add(number)
    allowed = None if constraints.allowed is None else constraints.allowed - excluded
    return replace(constraints, allowed=allowed, required=frozenset(required))


def narrowed_to(constraints: Constraints, skeleton: Skeleton) -> Constraints:
    """The constraints for crystals of the chemistry of a skeleton."""
    return narrowed(constraints, frozenset(skeleton.elements))


@lru_cache(maxsize=16)
def _known_compounds(
    allowed: frozenset[int] | None, required: frozenset[int], space_groups: tuple[int, ...], least: int, most: int
) -> list[frozenset[int]]:
    """The elements of each training crystal near the hull that meets the constraints, by chemistry."""
    data = reference_set()
    chosen = (data.split == SPLITS.index("train")) & (data.property("energy_above_hull") <= NEAR_HULL)
    chosen &= (data.n_atoms >= least) & (data.n_atoms <= most)
    if space_groups:
        chosen &= np.isin(data.space_group, space_groups)
    elements = elements_of(data, chosen)
    fitting = [one for one in elements if required <= one and (allowed is None or one <= allowed)]
    return sorted(fitting, key=lambda one: (chemistry_of(one), sorted(one)))


def elements_of(data: OrbitDataset, chosen: NDArray[np.bool_]) -> list[frozenset[int]]:
    """The atomic numbers in each chosen crystal."""
    part = data.take(chosen)
    return [frozenset(one.tolist()) for one in np.split(part.elements, part.start[1:-1])] if len(part) else []
