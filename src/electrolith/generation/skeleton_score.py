"""Penalties of skeletons and crystals: they decide which skeletons get a geometry, and which geometry is used.

A skeleton costs a millisecond, a geometry a hundred times as much. So charges, predicted stability, novelty and the
probability of meeting the targets are tested on skeletons first. All penalties are 0 for a sufficient candidate, larger
for a worse one, and infinite for one that must not be used.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..conditioners.property_target import PropertyTarget
from ..gen.skeleton.skeleton import Skeleton
from ..gen.surrogate.candidate_surrogate import candidate_surrogate_in
from ..gen.surrogate.orbit_inputs import OrbitInputs
from ..gen.surrogate.orbit_surrogate import Predictions, energies_above_hull, orbit_surrogate_in
from ..gen.surrogate.structure_surrogate import structure_surrogate_in
from ..gen.symmetry.orbits import Orbits
from ..gen.weight_folders import DEFAULT_FOLDER
from ..validators.composition_filter import CompositionFilter
from .balanced_composition import balanced
from .bias_correction import all_corrected
from .known_skeletons import is_known
from .target_probability import target_probability

NEAR_HULL = 0.1  # eV/atom above the hull of known compounds
LIKELY = 0.8  # sufficient probability of lying within NEAR_HULL, and of meeting a target once there is a geometry
EVEN = 0.5  # sufficient probability of meeting a target for a skeleton: its prediction is less exact
PROMISING = 0.03  # eV/atom: predicted height of a candidate that is worth a geometry
NEAR_MISS = 1.0  # penalty of a composition that is beyond a limit by less than the error of its check
KNOWN_PENALTY = 10.0  # larger than any penalty for instability or missed targets

HULL = "energy_above_hull"
UNPREDICTED = ("ionic_conductivity",)  # the orbit surrogate was trained on no measured conductivity


@dataclass(frozen=True)
class SkeletonScore:
    """Penalty of skeletons and of crystals.

    symbol        meaning
    charge        whether skeletons without balanced charges are refused
    stable        whether a low probability of lying near the hull is penalised
    new           whether skeletons of the reference set are penalised
    targets       property targets; a low probability of meeting them is penalised
    weights       folder of the surrogates
    compositions  compositions that it refuses are refused, and its near misses penalised; None: any may occur
    gated         whether skeletons are penalised of which the models would make a crystal that the gate rejects
    """

    charge: bool = True
    stable: bool = True
    new: bool = True
    targets: Sequence[PropertyTarget] = ()
    weights: Path = DEFAULT_FOLDER
    compositions: CompositionFilter | None = None
    gated: bool = False

    def __call__(self, skeletons: Sequence[Skeleton]) -> NDArray[np.float64]:
        """Penalty (n,): max(0, LIKELY - P(near hull)), plus that of the targets with EVEN, of novelty, of charges."""
        penalty = np.zeros(len(skeletons))
        if self.charge:
            penalty[[not balanced(s.composition) for s in skeletons]] = np.inf
        if self.compositions is not None:
            left = np.flatnonzero(np.isfinite(penalty)).tolist()
            penalty[left] = [composition_penalty(self.compositions, skeletons[i].composition) for i in left]
        allowed = np.flatnonzero(np.isfinite(penalty)).tolist()
        if allowed and (self.stable or self.targets):
            chosen = [skeletons[i] for i in allowed]
            counts = [s.composition for s in chosen]
            inputs = OrbitInputs.of_skeletons((s.space_group, s.positions, s.elements) for s in chosen)
            predicted = orbit_surrogate_in(self.weights).predict(inputs)
            heights, spreads = energies_above_hull(predicted, counts)
            predictions = all_corrected(predicted, counts)
            hull = predictions.properties.column(HULL)
            predictions.values[:, hull], predictions.spreads[:, hull] = heights, spreads
            penalty[allowed] += self._penalty(predictions, counts, EVEN)
            candidate_surrogate = candidate_surrogate_in(self.weights) if self.gated else None
            if candidate_surrogate is not None:
                height, _ = candidate_surrogate.predict(inputs).of(HULL)
                penalty[allowed] += np.maximum(height - PROMISING, 0.0)
        if self.new:
            penalty[allowed] += [KNOWN_PENALTY * is_known(skeletons[i]) for i in allowed]
        return penalty

    def of_crystals(self, orbits: Sequence[Orbits]) -> NDArray[np.float64]:
        """Penalty (n,) of crystals with a geometry, without charges and novelty, and with LIKELY for the targets."""
        counts = [o.composition for o in orbits]
        predictions = all_corrected(structure_surrogate_in(self.weights).predict(orbits), counts)
        return self._penalty(predictions, counts, LIKELY)

    def _penalty(
        self, predictions: Predictions, counts: Sequence[Mapping[int, int]], sufficient: float
    ) -> NDArray[np.float64]:
        penalty = np.zeros(len(counts))
        height, spread = predictions.of(HULL)
        if self.stable:
            penalty += np.maximum(LIKELY - probability_near_hull(height, spread), 0.0)
        predictions.values[:, predictions.properties.column(HULL)] = np.maximum(height, 0.0)
        return penalty + self._target_penalty(predictions, counts, sufficient)

    def _target_penalty(
        self, predictions: Predictions, counts: Sequence[Mapping[int, int]], sufficient: float
    ) -> NDArray[np.float64]:
        """Penalty (n,) for probabilities of meeting the targets below ``sufficient``.

        Several targets enter by the geometric mean of min(1, P / sufficient), because a crystal must meet all of them:
        with a sum, a crystal that certainly misses one target could be chosen for the others.
        """
        shares, thresholds = [], []
        for target in self.targets:
            if target.name in UNPREDICTED:
                continue
            low, high = target.accepted.low, target.accepted.high
            probability = target_probability(target.quantity, *predictions.of(target.name), low, high, counts)
            thresholds.append(LIKELY if target.name == HULL else sufficient)
            shares.append(np.minimum(probability / thresholds[-1], 1.0))
        if not shares:
            return np.zeros(len(counts))
        return float(sum(thresholds)) * (1.0 - np.prod(shares, axis=0) ** (1.0 / len(shares)))


def composition_penalty(compositions: CompositionFilter, counts: Mapping[int, int]) -> float:
    """Penalty of a primitive cell with these numbers of atoms: infinite if it is refused, ``NEAR_MISS`` if nearly."""
    found = compositions.answer(counts)
    return math.inf if found.refused_by else NEAR_MISS * found.near_miss


def probability_near_hull(height: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability (n,) of lying at most ``NEAR_HULL`` above the hull, from predictions and spreads in eV/atom.

    Heights below the hull count as 0: selecting the lowest of many predictions also selects their errors. The
    probability is 0.5 where the hull is unknown (NaN).
    """
    from scipy.special import ndtr  # scipy takes a quarter of a second to import

    return np.nan_to_num(ndtr((NEAR_HULL - np.maximum(height, 0.0)) / spread), nan=0.5)
