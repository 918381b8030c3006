"""Is a skeleton worth a geometry? Asked while candidates cost a millisecond: charges, predicted stability, novelty, and
whether it may have the properties that were asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..conditioners.property_target import PropertyTarget
from ..gen.skeleton.skeleton import Skeleton
from ..gen.surrogate.orbit_inputs import OrbitInputs
from ..gen.surrogate.orbit_surrogate import Predictions, orbit_surrogate_in
from ..gen.surrogate.structure_surrogate import structure_surrogate_in
from ..gen.symmetry.normaliser import Pairs, canonical
from ..gen.symmetry.orbits import Orbits
from ..gen.weight_files import DEFAULT_FOLDER
from ..validators.chemistry.charge import charge_balance
from ..validators.structure.novel import Novel
from .bias_correction import all_corrected
from .target_probability import target_probability

NEAR = 0.1  # eV/atom above the hull of known compounds
LIKELY = 0.8  # chance of lying so near that is enough
EVEN = 0.5  # chance of having a property as asked that is enough: intervals may be narrower than predictions are good
KNOWN = 10.0  # a known skeleton is worth less than any that is predicted to fall apart


HULL = "energy_above_hull"
UNPREDICTED = ("ionic_conductivity",)  # the surrogate on orbits has seen no measured one


@dataclass(frozen=True)
class SkeletonScore:
    """Shortcomings of skeletons: 0 for one that is worth a geometry, larger for worse, infinite for one to refuse.

    symbol   meaning
    charge   refuse what no charges balance
    stable   rather what is predicted to lie near the hull of known compounds
    new      rather what is not in the reference set
    wanted   rather what is predicted to meet these targets
    weights  folder of the surrogates that predict
    """

    charge: bool = True
    stable: bool = True
    new: bool = True
    wanted: Sequence[PropertyTarget] = ()
    weights: Path = DEFAULT_FOLDER

    def __call__(self, skeletons: Sequence[Skeleton]) -> NDArray[np.float64]:
        """Shortcomings (n,): what the chance to lie near the hull lacks of ``LIKELY``, and that to meet each wish of
        ``EVEN``.
        """
        lacks = np.zeros(len(skeletons))
        if self.charge:
            lacks[[not balanced(s.counts) for s in skeletons]] = np.inf
        sound = np.flatnonzero(np.isfinite(lacks)).tolist()
        if sound and (self.stable or self.wanted):
            chosen = [skeletons[i] for i in sound]
            inputs = OrbitInputs.of_skeletons((s.space_group, s.positions, s.elements) for s in chosen)
            surrogate = orbit_surrogate_in(self.weights)
            found = all_corrected(surrogate.predict(inputs), [s.counts for s in chosen])
            hull = found.properties.column(HULL)
            found.values[:, hull], found.spreads[:, hull] = surrogate.energies_above_hull(
                inputs, [s.counts for s in chosen]
            )
            lacks[sound] += self._shortcomings(found, [s.counts for s in chosen], EVEN)
        if self.new:
            lacks[sound] += [KNOWN * is_known(skeletons[i]) for i in sound]
        return lacks

    def of_crystals(self, orbits: Sequence[Orbits]) -> NDArray[np.float64]:
        """The same (n,) of crystals with a geometry, of which the likeliest is sought; all but charges and novelty."""
        counts = [o.composition for o in orbits]
        found = all_corrected(structure_surrogate_in(self.weights).predict(orbits), counts)
        return self._shortcomings(found, counts, LIKELY)

    def _shortcomings(
        self, found: Predictions, counts: Sequence[Mapping[int, int]], enough: float
    ) -> NDArray[np.float64]:
        lacks = np.zeros(len(counts))
        height, spread = found.of(HULL)
        if self.stable:
            lacks += np.maximum(LIKELY - near_hull(height, spread), 0.0)
        found.values[:, found.properties.column(HULL)] = np.maximum(height, 0.0)
        return lacks + self._lack_of_wishes(found, counts, enough)

    def _lack_of_wishes(
        self, found: Predictions, counts: Sequence[Mapping[int, int]], enough: float
    ) -> NDArray[np.float64]:
        """What the chances (n,) to meet the wishes lack of what is enough.

        Of several wishes the geometric mean counts, as a crystal must meet all of them: were their lacks added up, a
        crystal without hope for one would be chosen for the others alone.
        """
        had, enoughs = [], []
        for target in self.wanted:
            if target.name in UNPREDICTED:
                continue
            low, high = target.accepted.low, target.accepted.high
            chance = target_probability(target.quantity, *found.of(target.name), low, high, counts)
            enoughs.append(LIKELY if target.name == HULL else enough)
            had.append(np.minimum(chance / enoughs[-1], 1.0))
        if not had:
            return np.zeros(len(counts))
        return float(sum(enoughs)) * (1.0 - np.prod(had, axis=0) ** (1.0 / len(had)))


def near_hull(height: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chance (n,) to lie at most ``NEAR`` above the hull, from predicted heights and their spreads in eV/atom.

    Whoever picks the lowest of many predictions picks their errors, too: a height below the hull counts as on it. Where
    the hull is unknown (NaN) the chance is even.
    """
    from scipy.special import ndtr

    return np.nan_to_num(ndtr((NEAR - np.maximum(height, 0.0)) / spread), nan=0.5)


def balanced(counts: Mapping[int, int]) -> bool:
    """Whether charges of a composition (atoms by atomic number) can balance."""
    divisor = math.gcd(*counts.values())
    return charge_balance(tuple(sorted((number, count // divisor) for number, count in counts.items())))[0]


def is_known(skeleton: Skeleton) -> bool:
    """Whether the reference set has a crystal with these elements on these Wyckoff positions, up to the normaliser."""
    mine = canonical(skeleton.space_group, skeleton.positions, skeleton.elements)
    return (skeleton.space_group, mine) in _known(tuple(sorted(skeleton.counts.items())))


@cache
def _reference() -> Novel:
    return Novel()


@lru_cache(maxsize=20_000)
def _known(counts: tuple[tuple[int, int], ...]) -> frozenset[tuple[int, Pairs]]:
    """The skeletons of the reference set with this composition."""
    novel = _reference()
    crystals = (novel.reference[i] for i in novel.of_formula(dict(counts)))
    return frozenset(
        (o.space_group, canonical(o.space_group, o.positions.tolist(), o.elements.tolist())) for o in crystals
    )
