"""Structure prediction: which skeletons of a formula to build, and how often, the most probable first."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np

from ..skeleton.skeleton import Skeleton
from ..symmetry.normaliser import Pairs, canonical


def ranked(drawn: Sequence[Skeleton]) -> list[tuple[Skeleton, float]]:
    """Distinct skeletons with their share of the probability that was seen, most probable first.

    Descriptions that the normaliser makes equivalent count together; of each class the likeliest is kept.
    """
    mass: dict[tuple[int, Pairs], dict[tuple[int, ...], float]] = {}
    best: dict[tuple[int, Pairs], Skeleton] = {}
    for skeleton in drawn:
        key = (skeleton.space_group, canonical(skeleton.space_group, skeleton.positions, skeleton.elements))
        own = (*skeleton.positions, *skeleton.elements)
        mass.setdefault(key, {})[own] = skeleton.log_likelihood
        if key not in best or skeleton.log_likelihood > best[key].log_likelihood:
            best[key] = skeleton
    weights = {key: float(np.exp(list(m.values())).sum()) for key, m in mass.items()}
    total = sum(weights.values()) or 1.0
    order = sorted(best, key=lambda key: (-weights[key], key))
    return [(best[key], weights[key] / total) for key in order]


def schedule(shares: Sequence[float], n: int) -> list[int]:
    """Which skeleton each of n tries goes to: a skeleton's k-th try counts share / k²."""
    heap = [(-share, k, 1) for k, share in enumerate(shares)]
    heapq.heapify(heap)
    out = []
    for _ in range(n if heap else 0):
        _, k, tries = heap[0]
        out.append(k)
        heapq.heapreplace(heap, (-shares[k] / (tries + 1) ** 2, k, tries + 1))
    return out
