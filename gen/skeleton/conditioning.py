"""What is known of a crystal before its skeleton is drawn: composition, number of atoms, targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

NOTHING, AT_LEAST, EXACTLY, FORMULA = range(4)  # how much the elements given say
MAX_COUNT = 40  # atoms of an element in the reduced formula that have an embedding of their own
MAX_GIVEN = 8  # elements that can be told to the network


@dataclass(frozen=True, eq=False)
class Context:
    """B contexts, of which each tells up to e elements.

    symbol    meaning                                                                  shape
    kind      NOTHING, AT_LEAST (these elements), EXACTLY (no others), FORMULA           (B,)
    elements  atomic numbers, ascending, 0 where there are fewer                         (B, e)
    counts    atoms in the reduced formula, 0 where not given                            (B, e)
    targets   properties, normalised, NaN where not asked                                (B, p)
    """

    kind: Tensor
    elements: Tensor
    counts: Tensor
    targets: Tensor

    def repeat(self, times: int) -> Context:
        """Each context several times in a row."""
        parts = (self.kind, self.elements, self.counts, self.targets)
        return Context(*(x.repeat_interleave(times, 0) for x in parts))


def pack(
    kinds: NDArray[np.int64], given: list[dict[int, int]], targets: NDArray[np.float32], device: str = "cpu"
) -> Context:
    """A ``Context`` from, for each crystal, its kind and its elements with counts (0: not told)."""
    width = max([1, *(min(len(known), MAX_GIVEN) for known in given)])
    elements = np.zeros((len(given), width), dtype=np.int64)
    counts = np.zeros_like(elements)
    for row, known in enumerate(given):
        chosen = sorted(known)[:MAX_GIVEN]
        elements[row, : len(chosen)] = chosen
        counts[row, : len(chosen)] = [min(known[z], MAX_COUNT) for z in chosen]
    parts = (kinds, elements, counts, targets)
    return Context(*(torch.from_numpy(x).to(device) for x in parts))
