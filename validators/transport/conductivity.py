"""Estimate of the Li⁺ conductivity at room temperature, from measured conductors.

The estimate is learnt from 478 measured conductors and insulators (OBELiX: Therrien et al., arXiv:2502.14234, 2025), by
composition, symmetry and volume; see ``conductor_features`` and ``conductor_model``. For families of materials that
were left out of the fit, it ranks a conductor (at least 1e-4 S/cm) above another material in three of four pairs, but
its value is off by two decades on average, hardly better than a constant: trust its order, not its value. It relies on
two facts above all: good conductors are doped, and their structures are symmetric and roomy. A pure, ordered crystal is
estimated below its doped variants. The bond-valence barrier was tried as a feature and left out: over the measured
materials it has little effect (``benchmarks/conductivity.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ...gen.elements import LITHIUM
from ...gen.errors import UserError
from ...gen.symmetry.space_group_search import MEDIUM_SYMPREC, symmetry_dataset
from ..check import Check
from ..near_miss import compared, excess, require_margin
from ..verdict import Detail, Verdict
from .conductor_features import Substance, features
from .conductor_model import default_model
from .measured_conductors import shares_of

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

FAR = 0.6  # summed difference of atomic shares to the nearest measured composition above which it is unlike all


class Conductivity(Check):
    """Estimate of the Li⁺ conductivity at room temperature. Value: its log10, in S/cm, with a spread in decades.

    argument   meaning                                                        unit
    at_least   limit, e.g. 1e-4; None: report it, never fail                   S/cm
    margin     error beyond which it is no near miss; None: the spread         decades
    """

    name: ClassVar[str] = "conductivity"
    question: ClassVar[str] = "How well might it conduct Li⁺ at room temperature?"
    unit: ClassVar[str] = "log10 S/cm"

    def __init__(self, at_least: float | None = None, margin: float | None = None) -> None:
        if at_least is not None and not 0 < at_least < 100:
            raise UserError(f"A Li⁺ conductivity of {at_least:g} S/cm is out of range: give S/cm, such as 1e-4.")
        require_margin(margin)
        self.at_least = at_least
        self.margin = margin

    def answer(self, crystal: Crystal) -> Verdict:
        """The estimate compared with the limit. Without lithium it fails, or is unknown without a limit."""
        limit = None if self.at_least is None else float(np.log10(self.at_least))
        if not (crystal.atomic_numbers == LITHIUM).any():
            return self.verdict(None if limit is None else False, limit=limit, reason="there is no lithium in it")
        substance = substance_of(crystal)
        if substance is None:
            return self.verdict(None, limit=limit, reason="no space group could be found")
        model = default_model()
        shares = shares_of(substance)
        estimate = model.estimate(features(substance)[None], shares[None])[0]
        near = str(model.rows.names[estimate.nearest])
        measured = float(model.rows.values[estimate.nearest])
        unseen = [e.symbol for e in substance.composition if not model.rows.shares[:, e.Z].any()]
        doubt = ""
        if unseen:
            doubt = f"no compound of {', '.join(unseen)} was measured"
        elif all(e.is_metal for e in substance.composition):
            doubt = "it is a metal, in which electrons carry the current"
        elif estimate.distance > FAR:
            doubt = "unlike all measured compositions"
        reason = (
            f"estimated at {10**estimate.value:.0e} S/cm, uncertain by {estimate.spread:.1f} decades; "
            f"nearest measured composition {near}, {10**measured:.0e}"
            + (f"; {doubt}: hardly more than a guess" if doubt else "")
        )
        margin = estimate.spread if self.margin is None else self.margin
        found = compared([excess(estimate.value, at_least=limit)], margin, "decades")
        details = (
            Detail("estimated conductivity", 10**estimate.value, "S/cm"),
            Detail("nearest measured composition", near),
            Detail("its conductivity", 10**measured, "S/cm"),
            Detail("difference of composition", estimate.distance),
            Detail("lower end", estimate.value - estimate.spread, self.unit),
        )
        return self.verdict(
            found.passed, estimate.value, estimate.spread, limit=limit, reason=reason + found.remark, details=details,
            doubt=doubt, near_miss=found.near_miss,
        )  # fmt: skip


def substance_of(crystal: Crystal) -> Substance | None:
    """The data of a crystal for the estimate; None if spglib finds no space group."""
    found = symmetry_dataset(crystal, MEDIUM_SYMPREC)
    if found is None:
        return None
    volume = float(abs(np.linalg.det(found.std_lattice)))
    return Substance(crystal.composition, int(found.number), volume, crystal.volume / len(crystal))
