"""Least-squares fit of the zeros of formation energies for a potential.

The formation energy of a crystal is E - Σ x_i e_i. The e_i could be the potential's energies of the elements' ground
states, but potentials have seen few elements and are wrong on some by up to 0.2 eV/atom, which would enter every
compound. Therefore e_i minimises Σ |residual| over some thousand known compounds near the hull (iteratively reweighted
least squares), with a soft restraint to the ground states. The strength of the restraint is chosen on the validation
split; the error is that on the test split. Whether the potential's energies contain the corrections of MP2020 is
determined likewise: both are tried.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...gen.crystal import Crystal
from .corrections import mp2020_correction
from .formation_energy import BY_COMPOSITION, CORRECTED, IN_ENERGIES

HELD_OUT = {"val": 250, "test": 500}  # compounds of the validation and of the test split
MAX_HULL_DISTANCE = 0.1  # eV/atom
SOFTEST, HARDEST = 0.3, 30.0  # weights of the restraint to the ground states that are tried
SPLITS = ("train", "val", "test")
CHOSEN_BY = "validation_mean_absolute_error"
SMALL = 0.01  # eV/atom: residuals below count as squares, so that weights stay finite


def chosen(crystals: list[Crystal], rng: np.random.Generator, per_element: int) -> dict[str, list[Crystal]]:
    """Crystals for the fit (train), the choice of its strength (val), its error (test), and elemental ground states."""
    elements = [set(c.atomic_numbers.tolist()) for c in crystals]
    height = [float(c.info.get("energy_above_hull", 1.0)) for c in crystals]
    near = [i for i in range(len(crystals)) if height[i] <= MAX_HULL_DISTANCE and len(elements[i]) > 1]
    of = {split: [i for i in near if crystals[i].info["split"] == split] for split in SPLITS}
    fit: set[int] = set()
    for z in range(1, 119):
        having = [i for i in of["train"] if z in elements[i]]
        fit |= set(rng.permutation(having)[:per_element].tolist())
    ground: dict[int, int] = {}
    for i, c in enumerate(crystals):
        z = int(c.atomic_numbers[0])
        if len(elements[i]) == 1 and (z not in ground or height[i] < height[ground[z]]):
            ground[z] = i
    held = {s: rng.permutation(of[s])[:n].tolist() for s, n in HELD_OUT.items()}
    index = {"train": sorted(fit), **held, "ground": [ground[z] for z in sorted(ground)]}
    return {name: [crystals[i] for i in rows] for name, rows in index.items()}


def fractions(crystals: list[Crystal]) -> NDArray[np.float64]:
    """Atomic fractions (n, 119)."""
    return np.array([np.bincount(c.atomic_numbers, minlength=119) / len(c) for c in crystals])


def fitted(
    x: NDArray[np.float64], y: NDArray[np.float64], prior: NDArray[np.float64], hold: float
) -> NDArray[np.float64]:
    """The argmin over e of Σ |y - x e| + hold Σ (e - prior)², (119,)."""
    e = prior.copy()
    for _ in range(50):
        weight = 1 / np.sqrt(np.maximum(np.abs(y - x @ e), SMALL))
        rows = np.vstack([x * weight[:, None], np.sqrt(hold) * np.eye(len(e))])
        e = np.linalg.lstsq(rows, np.concatenate([y * weight, np.sqrt(hold) * prior]), rcond=None)[0]
    return e


def table(found: dict[str, list[tuple[Crystal, float]]], corrected: bool, potential: str) -> dict[str, Any]:
    """The table if the energies (eV/atom) contain the corrections of MP2020, or if they are added by composition."""
    x = {name: fractions([c for c, _ in rows]) for name, rows in found.items()}
    y = {name: np.array([zero_of(c, energy, corrected) for c, energy in rows]) for name, rows in found.items()}
    ground = np.zeros(119)
    ground[[int(c.atomic_numbers[0]) for c, _ in found["ground"]]] = y["ground"]
    without = np.flatnonzero((x["train"].sum(0) > 0) & (ground == 0))
    ground[without] = fitted(x["train"], y["train"], ground, 1e-3)[without]
    tried = [fitted(x["train"], y["train"], ground, hold) for hold in np.geomspace(SOFTEST, HARDEST, 5)]
    val_errors = [float(np.abs(y["val"] - x["val"] @ t).mean()) for t in tried]
    e = tried[int(np.argmin(val_errors))]
    error, ground_error = (np.abs(y["test"] - x["test"] @ zeros) for zeros in (e, ground))
    seen = np.flatnonzero(x["train"].sum(0) > 0)
    name = potential.rpartition("/")[2]
    return {
        "what": f"energy of {name} at each element's zero of formation energies, eV/atom, by atomic number",
        "source": "fitted to Materials Project and WBM formation energies (CC-BY-4.0) by make_references.py",
        CORRECTED: IN_ENERGIES if corrected else BY_COMPOSITION,
        "compounds": len(found["train"]),
        "test_compounds": len(found["test"]),
        CHOSEN_BY: round(min(val_errors), 4),
        "test_mean_absolute_error": round(float(error.mean()), 4),
        "test_median_absolute_error": round(float(np.median(error)), 4),
        "test_root_mean_square_error": round(float(np.sqrt((error**2).mean())), 4),
        "test_mean_absolute_error_with_ground_states": round(float(ground_error.mean()), 4),
        "test_median_absolute_error_with_ground_states": round(float(np.median(ground_error)), 4),
        "energies": {str(z): round(float(e[z]), 4) for z in seen},
    }


def zero_of(crystal: Crystal, energy: float, corrected: bool) -> float:
    """The mean zero of the elements of a crystal by which its energy becomes the stored one, eV/atom."""
    shift = 0.0 if corrected else mp2020_correction(crystal)
    return energy + shift - float(crystal.info["formation_energy_per_atom"])
