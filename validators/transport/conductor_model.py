"""Estimates log10 of the room-temperature Li⁺ conductivity from the measured ones, as a Gaussian process.

    log10 σ = constant + Σₖ fₖ(xₖ) + family + noise

The fₖ are smooth functions of one feature each (Duvenaud et al., "Additive Gaussian processes", NeurIPS 2011), which
bounds what an unheard-of combination can do. Rows of one family share an unknown offset, so that 132 NASICONs count
little more than one where families are compared. A new crystal is not asked for its family: the offset is part of its
spread, unless a measured composition is nearly its own. How large and how smooth the fₖ are is not known, and too few
families have been measured to find out: the estimate is the mean of sixteen processes, whose disagreement is part of
the spread. Residuals in families left out (closed form: Rasmussen and Williams, "Gaussian Processes for Machine
Learning", eq. 5.12, by blocks) scale the spread, and their mean, each family counting once, corrects the estimate: the
families that have been measured most are the best conductors.

symbol   meaning                                              unit
K        covariance of the rows without family and noise      decades²
A        K + family + noise, A⁻¹ its inverse                  decades²
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .conductor_features import Substance, features

TABLE = Path(__file__).with_name("conductors.csv")
FLOOR = -10.0  # log10 S/cm; many values below are only known to be below
CONDUCTOR = -4.0  # log10 S/cm
CONSTANT, FAMILY, NOISE = 25.0, 2.0, 0.5  # variances, decades²
LENGTHS = (0.7, 1.0, 1.5, 2.5)  # standard deviations of a feature over which the fₖ change
SIZES = (0.25, 0.5, 1.0, 2.0)  # variances of Σ fₖ, decades²
NEAR = 0.15  # summed difference of shares within which compositions are nearly the same
FARTHEST = 3.0  # standard deviations; a feature beyond counts as there


@dataclass(frozen=True, eq=False)
class Measured:
    """The measured rows.

    symbol      meaning                                             shape, unit
    features    see ``conductor_features``                          (n, k)
    shares      of the atoms, by element                            (n, 119)
    values      log10 of the conductivity, at least ``FLOOR``       (n,), S/cm
    families    chemistry                                           (n,)
    names       composition as published                            (n,)
    """

    features: NDArray[np.float64]
    shares: NDArray[np.float64]
    values: NDArray[np.float64]
    families: NDArray[np.str_]
    names: NDArray[np.str_]

    def only(self, rows: NDArray[np.intp]) -> Measured:
        """A part of the rows."""
        numbers = self.features[rows], self.shares[rows], self.values[rows]
        return Measured(*numbers, self.families[rows], self.names[rows])


@dataclass(frozen=True)
class Estimate:
    """log10 of the conductivity in S/cm, its spread, the row whose composition is nearest and how far that is."""

    value: float
    spread: float
    nearest: int
    distance: float


@dataclass(frozen=True, eq=False)
class Process:
    """One of the processes, fitted: length and size of its fₖ, A⁻¹ (n, n) and A⁻¹ (values − mean) (n,)."""

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
                self.processes.append(Process(length, size, inverse, inverse @ (rows.values - self.mean)))
        self.left_out, deviations = _mixed([self._families_left_out(p) for p in self.processes])
        residuals = rows.values - self.left_out
        families, number = np.unique(rows.families, return_inverse=True)
        self.offset = float((np.bincount(number, residuals) / np.bincount(number)).sum() / len(families))
        self.scale = float(np.sqrt(np.mean(((residuals - self.offset) / deviations) ** 2)))

    def _families_left_out(self, process: Process) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What each row (n,) would be estimated at without its whole family, and the variance of that."""
        values = self.rows.values
        found, variance = np.zeros(len(values)), np.zeros(len(values))
        for family in np.unique(self.rows.families):
            block = np.flatnonzero(self.rows.families == family)
            covariance = np.linalg.inv(process.inverse[np.ix_(block, block)])
            found[block] = values[block] - covariance @ process.weights[block]
            variance[block] = np.diag(covariance)
        return found, variance

    def estimate(self, features: NDArray[np.float64], shares: NDArray[np.float64]) -> list[Estimate]:
        """Of m crystals by their features (m, k) and shares of elements (m, 119)."""
        rows = self.rows
        apart = np.abs(shares[:, None] - rows.shares[None]).sum(2)
        nearest = apart.argmin(1)
        related = (apart.min(1) < NEAR)[:, None] & (rows.families[nearest][:, None] == rows.families[None])
        additive = {length: self._additive(features, length) for length in LENGTHS}
        answers = []
        for p in self.processes:
            covariance = p.size * additive[p.length] + CONSTANT + FAMILY * related
            known = np.einsum("ij,jk,ik->i", covariance, p.inverse, covariance)
            variance = np.maximum(p.size + CONSTANT + FAMILY - known, 0) + NOISE
            answers.append((self.mean + covariance @ p.weights, variance))
        values, deviations = _mixed(answers)
        return [
            Estimate(float(v + self.offset), float(self.scale * s), int(k), float(d[k]))
            for v, s, k, d in zip(values, deviations, nearest, apart, strict=True)
        ]

    def _additive(self, features: NDArray[np.float64], length: float) -> NDArray[np.float64]:
        """Mean over the features of their one-dimensional covariances with the rows', (m, n)."""
        one, other = (
            np.clip((x - self.centre) / self.width, -FARTHEST, FARTHEST) / length
            for x in (features, self.rows.features)
        )
        total = np.zeros((len(one), len(other)))
        for k in range(one.shape[1]):
            total += np.exp(-0.5 * (one[:, k, None] - other[None, :, k]) ** 2)
        return total / one.shape[1]


def _mixed(
    answers: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation (n,) of an equal mixture of normal distributions, from their means and variances."""
    means, variances = np.stack([m for m, _ in answers]), np.stack([v for _, v in answers])
    return means.mean(0), np.sqrt(variances.mean(0) + means.var(0))


def ranking(scores: NDArray[np.float64], is_positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a positive row scores above a negative one, ties half (Mann, Whitney)."""
    from scipy.stats import rankdata

    n = int(is_positive.sum())
    return float((rankdata(scores)[is_positive].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


def shares_of(substance: Substance) -> NDArray[np.float64]:
    """Shares of the atoms by atomic number (119,)."""
    found = np.zeros(119)
    for element, share in substance.composition.fractional_composition.items():
        found[element.Z] += float(share)
    return found


@cache
def measured() -> Measured:
    """The rows of ``conductors.csv``."""
    from pymatgen.core import Composition

    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    substances = [
        Substance(Composition(r["composition"]), int(r["space_group"]), float(r["volume"]), float(r["volume_per_atom"]))
        for r in rows
    ]
    return Measured(
        np.stack([features(s) for s in substances]),
        np.stack([shares_of(s) for s in substances]),
        np.maximum(np.log10([float(r["conductivity"]) for r in rows]), FLOOR),
        np.array([r["family"] for r in rows]),
        np.array([r["composition"] for r in rows]),
    )


@cache
def default_model() -> ConductorModel:
    """The processes fitted to all rows; a second."""
    return ConductorModel(measured())
