"""Laws of candidates: the lowest penalties come first, failures last, a failed relaxation keeps its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from electrolith.gen.data.dataset import reference_set
from electrolith.gen.sampling.candidate import RELAXATION, Candidate, Relaxation, Relaxed, lowest_penalty, relax_all
from electrolith.gen.symmetry.orbits import Orbits


def candidates(n: int) -> list[Candidate]:
    return [Candidate(k, reference_set()[k], -1.0) for k in range(n)]


def test_the_candidates_with_the_lowest_penalty_come_first() -> None:
    drawn = candidates(6)
    penalties = dict(zip((id(c.orbits) for c in drawn), (3.0, 1.0, 2.0, 0.5, 0.5, 9.0), strict=True))

    def penalty(orbits: Sequence[Orbits]) -> np.ndarray:
        return np.array([penalties[id(o)] for o in orbits])

    first, second = lowest_penalty([drawn[:3], drawn[3:]], penalty, 2)
    assert [c.seed for c in first] == [1, 2]
    assert [c.seed for c in second] == [3, 4]  # of equal penalties the earlier one


def test_failed_candidates_come_last_and_get_no_penalty() -> None:
    sound, failed, empty = candidates(3)
    failed, empty = replace(failed, failure="it burst"), Candidate(2, None, -1.0, "no geometry")
    seen: list[Orbits] = []

    def penalty(orbits: Sequence[Orbits]) -> np.ndarray:
        seen.extend(orbits)
        return np.full(len(orbits), 7.0)

    (order,) = lowest_penalty([[empty, failed, sound]], penalty, 3)
    assert order[0] is sound
    assert len(seen) == 1
    assert lowest_penalty([[empty], [failed]], penalty, 1) == [[empty], [failed]]
    assert len(seen) == 1  # nothing to compare: not called


def test_a_relaxation_changes_the_orbits_or_gives_a_reason() -> None:
    good, bad, empty = candidates(3)
    empty = Candidate(2, None, -1.0, "no geometry")
    moved = reference_set()[9]

    def relax(orbits: Orbits) -> Relaxed:
        if orbits is good.orbits:
            return Relaxed(moved, Relaxation(0.1, -3.0, 0.02, "a potential"))
        return Relaxed(orbits, failure="it burst")

    one, two, three = relax_all([good, bad, empty], relax)
    assert one.orbits is moved
    assert one.relaxation is not None
    assert not one.failure
    assert (two.failed, two.failure, two.relaxation) == (RELAXATION, "it burst", None)
    assert three is empty
    assert relax_all([good], None) == [good]
