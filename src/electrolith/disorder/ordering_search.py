"""Orderings of low energy: all of them where they are few, else those that annealing visits, each once.

Two orderings are the same if an operation of the supercell moves one onto the other (``ordering_keys``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from .ordering_energy import OrderingEnergy
from .ordering_keys import OrderingKeys
from .placements import Choice, all_choices, exchanged, ways_of

MOST_ENUMERATED = 20_000  # orderings
HOT, COLD = 3.0, 0.03  # eV: temperatures at the start and the end of annealing
STEPS = 150  # exchanges of one annealing, at least
ANNEALINGS = 24
CHUNK = 2_000  # orderings at once


@dataclass(frozen=True, eq=False)
class Found:
    """Symmetry-distinct orderings, the lowest energy first.

    symbol    meaning                                                                   shape, unit
    choices   content of each place, class by class                                     k
    energies  Ewald energies with formal charges                                        (k,), eV per supercell
    ways      number of all ways to place the atoms
    distinct  number of symmetry-distinct orderings; None where they were sampled
    """

    choices: list[Choice]
    energies: NDArray[np.float64]
    ways: int
    distinct: int | None


class OrderingSearch:
    """The search in one supercell."""

    def __init__(self, energy: OrderingEnergy, seed: int = 0) -> None:
        self.energy, self.classes = energy, energy.classes
        self.random, self.keys = np.random.default_rng(seed), OrderingKeys(energy)

    @cached_property
    def ways(self) -> int:
        """Number of ways to place the atoms."""
        return prod(ways_of(group) for group in self.classes)

    def lowest(self, most: int) -> Found:
        """The ``most`` symmetry-distinct orderings of lowest energy."""
        if self.ways <= MOST_ENUMERATED:
            choices = list(all_choices(self.classes))
            keys, energies = self._keys_and_energies(choices)
            _, first = np.unique(keys, axis=0, return_index=True)
            order = first[np.argsort(energies[first], kind="stable")]
            return Found([choices[k] for k in order[:most]], energies[order[:most]], self.ways, len(first))
        visited = self._sampled(most)
        energies = np.array([energy for energy, _ in visited])
        return Found([choice for _, choice in visited], energies, self.ways, None)

    def vector(self, choice: Choice) -> NDArray[np.float64]:
        """The variables x (v,) of an ordering."""
        x = np.zeros(len(self.energy.linear))
        for group, chosen in zip(self.classes, choice, strict=True):
            x[self.energy.variables[group.places] + chosen] = 1.0
        return x

    def _keys_and_energies(self, choices: list[Choice]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        keys, energies = [], []
        for start in range(0, len(choices), CHUNK):
            vectors = np.stack([self.vector(one) for one in choices[start : start + CHUNK]])
            keys.append(self.keys(vectors))
            energies.append(self.energy.of(vectors))
        return np.concatenate(keys), np.concatenate(energies)

    def _sampled(self, most: int) -> list[tuple[float, Choice]]:
        """Distinct orderings that annealing visits, and those one exchange from the best of them."""
        pool: dict[tuple[float, float], tuple[float, Choice]] = {}
        for _ in range(ANNEALINGS):
            self._collect(pool, list(self._annealed()), 4 * most)
        for _, choice in sorted(pool.values(), key=lambda one: one[0])[: max(4, most // 4)]:
            self._collect(pool, list(self._neighbours(choice, most // 4)), 4 * most)
        return sorted(pool.values(), key=lambda one: one[0])[:most]

    def _collect(self, pool: dict[tuple[float, float], tuple[float, Choice]], new: list[Choice], most: int) -> None:
        if new:
            keys, energies = self._keys_and_energies(new)
            for key, energy, choice in zip(keys.tolist(), energies.tolist(), new, strict=True):
                pool.setdefault((key[0], key[1]), (energy, choice))
        for key, _ in sorted(pool.items(), key=lambda item: item[1][0])[most:]:
            del pool[key]

    def _annealed(self) -> Iterator[Choice]:
        """The last orderings of one annealing from a random ordering: an exchange at each step (n-fold way)."""
        choice = tuple(
            self.random.permutation(np.repeat(np.arange(len(group.contents)), group.numbers)) for group in self.classes
        )
        steps = max(STEPS, 3 * sum(len(group.places) for group in self.classes))
        for k, temperature in enumerate(np.geomspace(HOT, COLD, steps)):
            moves = self._moves(choice)
            if moves is None:
                break
            classes, first, second, change = moves
            weights = np.exp(-np.maximum(change, 0.0) / temperature) if k < steps - 1 else np.zeros(0)
            if k > steps // 2 or change.min() > -1e-9:
                yield choice
            total = weights.sum()
            if total < 1e-12:
                break
            pick = int(np.searchsorted(np.cumsum(weights), self.random.random() * total))
            choice = exchanged(choice, int(classes[pick]), int(first[pick]), int(second[pick]))
        while (moves := self._moves(choice)) is not None and moves[3].min() < -1e-9:
            pick = int(moves[3].argmin())
            choice = exchanged(choice, int(moves[0][pick]), int(moves[1][pick]), int(moves[2][pick]))
        yield choice

    def _neighbours(self, choice: Choice, most: int) -> Iterator[Choice]:
        moves = self._moves(choice)
        if moves is not None:
            for pick in np.argsort(moves[3], kind="stable")[:most]:
                yield exchanged(choice, int(moves[0][pick]), int(moves[1][pick]), int(moves[2][pick]))

    def _moves(self, choice: Choice) -> tuple[NDArray[np.int64], ...] | None:
        """Class, places and change of energy of all exchanges; None without any."""
        gradient = self.energy.gradient(self.vector(choice))
        found = [
            self.energy.exchanges(group, chosen, gradient) for group, chosen in zip(self.classes, choice, strict=True)
        ]
        if not sum(len(first) for first, _, _ in found):
            return None
        classes = np.repeat(np.arange(len(found)), [len(first) for first, _, _ in found])
        first, second, change = (np.concatenate(column) for column in zip(*found, strict=True))
        return classes, first, second, change
