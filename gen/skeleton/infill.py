"""Infill: the orbits of a framework are given, and others are drawn between them in canonical order."""

from __future__ import annotations

from .constraints import Constraints
from .framework import Framework
from .masks import Mask, PartialSkeleton, mask_of
from .site_counts import NEVER, most_orbits, positions


def partial_skeleton(constraints: Constraints, space_group: int, atoms: int) -> PartialSkeleton:
    """A skeleton without orbits that is to meet the constraints."""
    kind = PartialSkeleton if constraints.framework is None else InfilledSkeleton
    return kind(constraints, space_group, atoms)


def room_beside(framework: Framework) -> list[int]:
    """Largest number of orbits of n atoms beside those of the framework, ``NEVER`` where none has n; by n."""
    counts: list[int] = most_orbits(framework.space_group, framework.full_letters)[0].tolist()
    return counts


class InfilledSkeleton(PartialSkeleton):
    """A skeleton that contains a framework; the masks are exact but for required elements, as in ``masks``."""

    def __post_init__(self) -> None:
        super().__post_init__()
        framework = self.constraints.framework
        assert framework is not None
        first = self.position(0)
        self._allowed &= mask_of(framework.infill)
        self._last = max(framework.infill)
        self._given = [(position - first, element) for position, element in framework.orbits]
        self._infill_left = self.left - framework.n_atoms
        self._full = framework.full_letters
        self._room = most_orbits(self.space_group, self._full)
        self.missing -= frozenset(framework.elements)

    def next_orbits(self) -> dict[int, Mask]:
        """For each letter that may come next, the elements (MAX_ELEMENT + 1,) that may be placed on it.

        An orbit of the framework cannot be passed over: what comes after it in canonical order waits for it.
        """
        sites, free = positions(self.space_group)
        given = self._given[0] if self._given else None
        out = {}
        for letter in range(self.letter, len(sites) if given is None else given[0] + 1):
            elements = mask_of(())
            after = self._infill_left - int(sites[letter])
            following = letter if free[letter] else letter + 1
            if letter not in self._full and after >= 0 and self._room[following, after] != NEVER:
                elements = self._elements_on(letter, int(self._room[following, after]))
            if given is not None and letter == given[0]:
                elements[given[1] :] = False
                elements[given[1]] = self._fits_after(*given)
            if elements.any():
                out[letter] = elements
        return out

    def _fits_after(self, letter: int, element: int) -> bool:
        """Whether what is left of the infill fits after an orbit of the framework."""
        _, free = positions(self.space_group)
        following = letter if free[letter] and self._last >= element else letter + 1
        return bool(self._room[following, self._infill_left] >= len(self.missing))

    def add(self, letter: int, element: int) -> None:
        """Places an orbit."""
        before = self.left
        super().add(letter, element)
        if self._given and self._given[0] == (letter, element):
            del self._given[0]
        else:
            self._infill_left -= before - self.left
