"""Gaussian process for log10 of the Li⁺ conductivity at room temperature, fitted to measured ones.

    log10 σ = constant + Σₖ fₖ(xₖ) + family + noise

The fₖ are smooth functions of one feature each (Duvenaud et al., "Additive Gaussian processes", NeurIPS 2011), which
bounds the effect of an unusual combination of features. Rows of one family share an unknown offset, so that the 132
NASICONs do not outweigh the other families. The family of a new crystal is unknown: the offset is part of its spread,
unless its composition is close to a measured one. The size and smoothness of the fₖ are unknown as well, and too few
families have been measured to fit them: the estimate is the mean of sixteen processes, and their disagreement is part
of the spread.

The residuals of families left out of the fit (closed form: Rasmussen and Williams, "Gaussian Processes for Machine
Learning", eq. 5.12, by blocks) scale the spread. Their mean, with equal weight for each family, corrects the estimate,
since the families measured most often are the best conductors.

symbol   meaning                                              unit
K        covariance of the rows without family and noise      decades²
A        K + family + noise, A⁻¹ its inverse                  decades²
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .measured_conductors import Measured, measured

CONDUCTOR = -4.0  # log10 S/cm
CONSTANT, FAMILY, NOISE = 25.0, 2.0, 0.5  # variances, decades²
LENGTHS = (0.7, 1.0, 1.5, 2.5)  # length scales of the fₖ, in standard deviations of a feature
SIZES = (0.25, 0.5, 1.0, 2.0)  # variances of Σ fₖ, decades²
NEAR = 0.15  # summed difference of shares below which two compositions are nearly the same
FARTHEST = 3.0  # standard deviations; features are clipped here


@dataclass(frozen=True)
class Estimate:
    """log10 of the conductivity in S/cm, its spread, the row with the nearest composition, and its distance."""

    value: float
    spread: float
    nearest: int
    distance: float


@dataclass(frozen=True, eq=False)
class FittedProcess:
    """One fitted process: length and size of its fₖ, A⁻¹ (n, n) and A⁻¹ (values − mean) (n,)."""

    length: float
    size: float
    inverse: NDArray[np.float64]
    weights: NDArray[np.float64]


class ConductorModel:
    """The processes, fitted to measured rows."""

    def __init__(self, rows: Measured) -> None:
        self.rows = rows
        deviation = rows.features.std(0)
        self.centre, self.width = rows.features.mean(0), np.where(deviation > 1e-9, deviation, np.inf)
        self.mean = float(rows.values.mean())
        same = (rows.families[:, None] == rows.families[None]).astype(np.float64)
        rest = CONSTANT + FAMILY * same + NOISE * np.eye(len(same))
        self.processes = []
        for length in LENGTHS:
            additive = self._additive(rows.features, length)
            for size in SIZES:
                inverse = np.linalg.inv(size * additive + rest)
                self.processes.append(FittedProcess(length, size, inverse, inverse @ (rows.values - self.mean)))
        self.left_out, deviations = _mixture([self._families_left_out(p) for p in self.processes])
        residuals = rows.values - self.left_out
        families, number = np.unique(rows.families, return_inverse=True)
        self.offset = float((np.bincount(number, residuals) / np.bincount(number)).sum() / len(families))
        self.scale = float(np.sqrt(np.mean(((residuals - self.offset) / deviations) ** 2)))

    def _families_left_out(self, process: FittedProcess) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Estimate (n,) and its variance (n,) for each row from a fit without the row's family."""
        values = self.rows.values
        found, variance = np.zeros(len(values)), np.zeros(len(values))
        for family in np.unique(self.rows.families):
            block = np.flatnonzero(self.rows.families == family)
            covariance = np.linalg.inv(process.inverse[np.ix_(block, block)])
            found[block] = values[block] - covariance @ process.weights[block]
            variance[block] = np.diag(covariance)
        return found, variance

    def estimate(self, features: NDArray[np.float64], shares: NDArray[np.float64]) -> list[Estimate]:
        """Estimates for m crystals from their features (m, k) and shares of elements (m, 119)."""
        rows = self.rows
        apart = np.abs(shares[:, None] - rows.shares[None]).sum(2)
        nearest = apart.argmin(1)
        related = (apart.min(1) < NEAR)[:, None] & (rows.families[nearest][:, None] == rows.families[None])
        additive = {length: self._additive(features, length) for length in LENGTHS}
        mixed = []
        for p in self.processes:
            covariance = p.size * additive[p.length] + CONSTANT + FAMILY * related
            known = np.einsum("ij,jk,ik->i", covariance, p.inverse, covariance)
            variance = np.maximum(p.size + CONSTANT + FAMILY - known, 0) + NOISE
            mixed.append((self.mean + covariance @ p.weights, variance))
        values, deviations = _mixture(mixed)
        return [
            Estimate(float(v + self.offset), float(self.scale * s), int(k), float(d[k]))
            for v, s, k, d in zip(values, deviations, nearest, apart, strict=True)
        ]

    def _additive(self, features: NDArray[np.float64], length: float) -> NDArray[np.float64]:
        """Mean over the features of the one-dimensional covariances with the rows, (m, n)."""
        one, other = (
            np.clip((x - self.centre) / self.width, -FARTHEST, FARTHEST) / length
            for x in (features, self.rows.features)
        )
        total = np.zeros((len(one), len(other)))
        for k in range(one.shape[1]):
            total += np.exp(-0.5 * (one[:, k, None] - other[None, :, k]) ** 2)
        return total / one.shape[1]


def _mixture(
    parts: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation (n,) of an equal mixture of normal distributions, from their means and variances."""
    means, variances = np.stack([m for m, _ in parts]), np.stack([v for _, v in parts])
    return means.mean(0), np.sqrt(variances.mean(0) + means.var(0))


def ranking(scores: NDArray[np.float64], is_positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a positive row scores above a negative one, ties half (Mann, Whitney)."""
    from scipy.stats import rankdata

    n = int(is_positive.sum())
    return float((rankdata(scores)[is_positive].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


@cache
def default_model() -> ConductorModel:
    """The processes fitted to all rows; a second."""
    return ConductorModel(measured())
