"""Conditions that the skeleton network reads before it draws: part of the composition, and targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .constraints import Constraints

NOTHING, AT_LEAST, EXACTLY, FORMULA = range(4)  # how much of the composition is given
MAX_COUNT = 40  # largest number of atoms of an element in the reduced formula that has its own embedding
MAX_GIVEN = 8  # largest number of elements that can be given


@dataclass(frozen=True, eq=False)
class Context:
    """B conditions, with at most e elements given in each.

    symbol    meaning                                                                        shape
    kind      NOTHING, AT_LEAST (these elements, others too), EXACTLY (no others), FORMULA     (B,)
    elements  atomic numbers, ascending, 0 where fewer are given                               (B, e)
    counts    atoms in the reduced formula, 0 where not given                                  (B, e)
    targets   properties, normalised, NaN where there is no target                             (B, p)
    """

    kind: Tensor
    elements: Tensor
    counts: Tensor
    targets: Tensor

    def tensors(self) -> tuple[Tensor, ...]:
        """The fields in their order, for loaders that take tensors alone."""
        return (self.kind, self.elements, self.counts, self.targets)


def pack(
    kinds: NDArray[np.int64], given: list[dict[int, int]], targets: NDArray[np.float32], device: str = "cpu"
) -> Context:
    """The ``Context`` of B crystals: the kind of each, its given elements with counts (0: not given), and targets."""
    width = max([1, *(min(len(composition), MAX_GIVEN) for composition in given)])
    elements = np.zeros((len(given), width), dtype=np.int64)
    counts = np.zeros_like(elements)
    for row, composition in enumerate(given):
        chosen = sorted(composition)[:MAX_GIVEN]
        elements[row, : len(chosen)] = chosen
        counts[row, : len(chosen)] = [min(composition[z], MAX_COUNT) for z in chosen]
    parts = (kinds, elements, counts, targets)
    return Context(*(torch.from_numpy(x).to(device) for x in parts))


def context_of(
    constraints: Constraints | Sequence[Constraints], targets: NDArray[np.float32], device: str = "cpu"
) -> Context:
    """The ``Context`` of draws under constraints, of all draws or of each.

    ``targets`` (B, p) are normalised, NaN where there is none.
    """
    each = [constraints] * len(targets) if isinstance(constraints, Constraints) else constraints
    kinds, given = zip(*map(_given, each), strict=True) if each else ((), ())
    return pack(np.array(kinds, dtype=np.int64), list(given), targets.astype(np.float32), device)


def _given(constraints: Constraints) -> tuple[int, dict[int, int]]:
    """The part of the composition that constraints give: its kind, and counts by element."""
    if constraints.formula is not None:
        return FORMULA, dict(constraints.formula)
    if constraints.required:
        exact = constraints.allowed is not None and constraints.allowed == constraints.required
        return EXACTLY if exact else AT_LEAST, dict.fromkeys(constraints.required, 0)
    return NOTHING, {}
