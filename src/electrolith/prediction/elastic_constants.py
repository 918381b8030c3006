"""Elastic constants that follow from the predicted bulk and shear modulus."""

from __future__ import annotations

import math

from ..validators.mechanics.elasticity import poisson_ratio, young_modulus
from .predicted_value import Value

ELASTIC = {"youngs_modulus": "GPa", "poisson_ratio": "", "pugh_ratio": ""}  # name → unit; isotropic, from K and G


def elastic_constants(values: dict[str, Value]) -> dict[str, Value]:
    """Young's modulus, Poisson's ratio and Pugh's ratio K/G of an isotropic body, by name.

    ``values`` holds predictions by name; the result is empty without both moduli. Spreads are propagated to first
    order, with independent errors of K and G.
    """
    if "bulk_modulus" not in values or "shear_modulus" not in values:
        return {}
    bulk, shear = values["bulk_modulus"], values["shear_modulus"]
    k, g = bulk.value, shear.value
    dk, dg = (x.value * math.log(10) * x.spread for x in (bulk, shear))
    doubt = bulk.doubt or shear.doubt
    young = young_modulus(k, g)
    slope_k, slope_g = young * (1 / k - 3 / (3 * k + g)), young * (1 / g - 1 / (3 * k + g))
    turn = 18 / (6 * k + 2 * g) ** 2
    return {
        "youngs_modulus": Value(young, math.hypot(slope_k * dk, slope_g * dg), doubt),
        "poisson_ratio": Value(poisson_ratio(k, g), turn * math.hypot(g * dk, k * dg), doubt),
        "pugh_ratio": Value(k / g, k / g * math.hypot(dk / k, dg / g), doubt),
    }
