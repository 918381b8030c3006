"""Novelty of a skeleton: whether the reference set has these elements on these Wyckoff positions."""

from __future__ import annotations

from functools import cache, lru_cache

from ..gen.skeleton.skeleton import Skeleton
from ..gen.symmetry.normaliser import Pairs, canonical
from ..validators.structure.novel import Novel


def is_known(skeleton: Skeleton) -> bool:
    """Whether the reference set has the skeleton, up to the choice of setting (the normaliser of the space group)."""
    pairs = canonical(skeleton.space_group, skeleton.positions, skeleton.elements)
    return (skeleton.space_group, pairs) in _known_skeletons(tuple(sorted(skeleton.composition.items())))


@cache
def _reference() -> Novel:
    return Novel()


@lru_cache(maxsize=20_000)
def _known_skeletons(counts: tuple[tuple[int, int], ...]) -> frozenset[tuple[int, Pairs]]:
    """The skeletons of the reference set with this composition."""
    novel = _reference()
    crystals = (novel.reference[i] for i in novel.of_formula(dict(counts)))
    return frozenset(
        (o.space_group, canonical(o.space_group, o.positions.tolist(), o.elements.tolist())) for o in crystals
    )
