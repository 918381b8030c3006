"""The choices that constraints allow at each step of given skeletons, for their likelihood under these constraints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..elements import MAX_ELEMENT
from .constraints import Constraints
from .feasible_groups import feasible_groups
from .masks import PartialSkeleton
from .skeleton import Skeleton
from .skeleton_features import MAX_LETTERS


@dataclass(frozen=True, eq=False)
class Choices:
    """Allowed choices at each step of B skeletons of at most k orbits; True is allowed.

    symbol       meaning                                                            shape
    atoms        number of atoms                                                     (B, most + 1)
    space_group  number                                                              (B, 231)
    positions    Wyckoff letters of the space group, by index                        (B, k, MAX_LETTERS)
    elements     atomic numbers, given the position; all are True beyond the last    (B, k, MAX_ELEMENT + 1)
    """

    atoms: Tensor
    space_group: Tensor
    positions: Tensor
    elements: Tensor

    def tensors(self) -> tuple[Tensor, ...]:
        """The fields in the order in which the decoder chooses."""
        return (self.atoms, self.space_group, self.positions, self.elements)


def choices_along(skeletons: Sequence[Skeleton], constraints: Constraints, most: int, device: str = "cpu") -> Choices:
    """The choices that the sampler has under ``constraints`` on its way to each of these skeletons.

    ``most`` is the number of atoms of the largest cell that the network can draw. Raises ``ValueError`` for a skeleton
    that the constraints exclude.
    """
    groups = feasible_groups(constraints, most)
    b, k = len(skeletons), max((len(s.positions) for s in skeletons), default=0)
    atoms = np.tile(groups.any(1), (b, 1))
    space_group = np.zeros((b, 231), dtype=bool)
    letters = np.ones((b, k, MAX_LETTERS), dtype=bool)
    elements = np.ones((b, k, MAX_ELEMENT + 1), dtype=bool)
    for row, skeleton in enumerate(skeletons):
        n = sum(skeleton.composition.values())
        if n > most or not groups[n, skeleton.space_group]:
            raise ValueError(f"the constraints exclude space group {skeleton.space_group} with {n} atoms")
        space_group[row] = groups[n]
        partial = PartialSkeleton(constraints, skeleton.space_group, n)
        for turn, (position, element) in enumerate(zip(skeleton.positions, skeleton.elements, strict=True)):
            allowed = partial.next_orbits()
            letter = position - partial.position(0)
            if letter not in allowed or not allowed[letter][element]:
                raise ValueError(f"the constraints exclude element {element} on Wyckoff position {position}")
            letters[row, turn] = np.isin(np.arange(MAX_LETTERS), list(allowed))
            elements[row, turn] = allowed[letter]
            partial.add(letter, element)
    return Choices(*(torch.from_numpy(x).to(device) for x in (atoms, space_group, letters, elements)))
