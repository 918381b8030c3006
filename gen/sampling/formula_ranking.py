"""Structure prediction of a formula: ranking of its skeletons, and the share of tries that each gets."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..skeleton.skeleton import Skeleton
from ..symmetry.normaliser import Pairs, canonical


def ranked(drawn: Sequence[Skeleton]) -> list[tuple[Skeleton, float]]:
    """Distinct skeletons with their shares of the total probability of those drawn, the most probable first.

    Descriptions that the normaliser makes equivalent count together; the most probable one represents them, with the
    log-likelihood of all of them that were drawn.
    """
    likelihoods: dict[tuple[int, Pairs], dict[tuple[int, ...], float]] = {}
    best: dict[tuple[int, Pairs], Skeleton] = {}
    for skeleton in drawn:
        key = (skeleton.space_group, canonical(skeleton.space_group, skeleton.positions, skeleton.elements))
        description = (*skeleton.positions, *skeleton.elements)
        likelihoods.setdefault(key, {})[description] = skeleton.log_likelihood
        if key not in best or skeleton.log_likelihood > best[key].log_likelihood:
            best[key] = skeleton
    together = {key: float(np.logaddexp.reduce(list(values.values()))) for key, values in likelihoods.items()}
    total = np.logaddexp.reduce(list(together.values())) if together else 0.0
    order = sorted(best, key=lambda key: (-together[key], key))
    return [(replace(best[key], log_likelihood=together[key]), float(np.exp(together[key] - total))) for key in order]


def schedule(shares: Sequence[float], n: int) -> list[int]:
    """Skeleton of each of n tries: the k-th try of a skeleton has the priority share / k²."""
    heap = [(-share, k, 1) for k, share in enumerate(shares)]
    heapq.heapify(heap)
    out = []
    for _ in range(n if heap else 0):
        _, k, tries = heap[0]
        out.append(k)
        heapq.heapreplace(heap, (-shares[k] / (tries + 1) ** 2, k, tries + 1))
    return out
