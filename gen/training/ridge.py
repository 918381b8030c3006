"""Ridge regression on standardised features, its strength by cross-validation, its readouts by bagging.

symbol  meaning                                              shape
X       features of n crystals                                (n, f)
y       values to predict                                      (n,)
g       group of each crystal; a group is in one fold only     (n,)
λ       strength: w = (Zᵀ Z / f + λ)⁻¹ Zᵀ y, Z standardised X
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..surrogate.readout import READOUTS
from ..typed_records import check_ranges, setting

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RidgeSettings:
    """Strengths to choose from, and folds of the cross-validation."""

    strengths: tuple[float, ...] = setting((0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0), "values of λ", above=0)
    folds: int = setting(5, "folds of the cross-validation", at_least=2)

    def __post_init__(self) -> None:
        check_ranges(self)


@dataclass(frozen=True, eq=False)
class Heads:
    """Linear readouts: weights (h, f) and biases (h,)."""

    weight: Array
    bias: Array

    def __call__(self, x: Array) -> Array:
        """Prediction of each readout for each crystal, (h, n)."""
        return self.weight @ x.T + self.bias[:, None]


@dataclass(frozen=True, eq=False)
class Validated:
    """The best strength by cross-validation, and predictions of heads that were not fitted on a crystal's fold."""

    strength: float
    answers: Array  # (h, n)


def fit(
    x: Array, y: Array, strength: float, rng: np.random.Generator, groups: NDArray[np.int64], count: int = READOUTS
) -> Heads:
    """``count`` readouts, each fitted on a draw of all groups with replacement."""
    mean, width = x.mean(0), x.std(0) + 1e-6
    z, y_mean = (x - mean) / width, float(y.mean())
    unique, index = np.unique(groups, return_inverse=True)
    weights, biases = [], []
    for _ in range(count):
        times = np.bincount(rng.integers(len(unique), size=len(unique)), minlength=len(unique))[index].astype(float)
        gram = (z * times[:, None]).T @ z / z.shape[1] + strength * np.eye(z.shape[1])
        w = np.linalg.solve(gram, z.T @ (times * (y - y_mean))) / z.shape[1] / width
        weights.append(w)
        biases.append(y_mean - float(w @ mean))
    return Heads(np.stack(weights), np.array(biases))


def validate(
    x: Array, y: Array, groups: NDArray[np.int64], seed: int, settings: RidgeSettings, count: int = READOUTS
) -> Validated:
    """The strength with the smallest mean absolute error over the folds; predictions of ``count`` heads."""
    errors = dict.fromkeys(settings.strengths, 0.0)
    for inside, outside in folds(groups, seed, settings.folds):
        mean, width, y_mean = x[inside].mean(0), x[inside].std(0) + 1e-6, y[inside].mean()
        z = (x[inside] - mean) / width
        eigenvalues, eigenvectors = np.linalg.eigh(z.T @ z / z.shape[1])
        projected = eigenvectors.T @ (z.T @ (y[inside] - y_mean)) / z.shape[1]
        test = (x[outside] - mean) / width @ eigenvectors
        for strength in settings.strengths:
            predicted = test @ (projected / (eigenvalues + strength)) + y_mean
            errors[strength] += float(np.abs(predicted - y[outside]).sum())
    best = min(errors, key=lambda s: errors[s])
    answers = np.zeros((count, len(y)))
    for k, (inside, outside) in enumerate(folds(groups, seed, settings.folds)):
        heads = fit(x[inside], y[inside], best, np.random.default_rng([seed, k]), groups[inside], count)
        answers[:, outside] = heads(x[outside])
    return Validated(best, answers)


def folds(groups: NDArray[np.int64], seed: int, count: int) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Masks of the rows inside and outside of each fold; every group is outside once."""
    unique, index = np.unique(groups, return_inverse=True)
    turn = np.random.default_rng(seed).permutation(len(unique)) % min(count, len(unique))
    for k in range(min(count, len(unique))):
        outside = turn[index] == k
        yield ~outside, outside
