"""A disordered crystal in the funnel: its composition, and the ordered models that stand for it.

Checks that need a composition get that of the crystal, at once. All others ask each model that is left; the models are
made at the first need. A model that a check stops goes no further, and the crystal passes if one of its models does:
its verdict is that of the most stable one, with the spread over the models.

The models of lowest energy are relaxed, by the check ``relaxation`` or for ``stability`` (``relaxed_models``).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import replace

from .. import disorder
from ..disorder.order_options import NONE, OrderOptions
from ..gen.crystal import Crystal
from ..gen.disordered_crystal import DisorderedCrystal
from ..validators.check import Check, CompositionCheck
from ..validators.relaxation.relaxation_check import Relaxation
from ..validators.structure.distances import Distances
from ..validators.thermodynamics.stability import Stability
from ..validators.verdict import Detail, Verdict
from .relaxed_models import Answer, RunCheck, of_lowest_energy, with_relaxed


class OrderedModels:
    """The models of one crystal that no check has stopped, the most stable first; ``number`` of them are made."""

    def __init__(self, crystal: DisorderedCrystal, number: int, run: RunCheck) -> None:
        self.crystal, self.number, self.run = crystal, number, run
        self.left: list[Crystal] | None = None

    @property
    def formula(self) -> str:
        """The formula with fractions of atoms."""
        return self.crystal.formula

    def ask(self, check: Check, stops: Callable[[Verdict], bool], begin: Callable[[], None] = lambda: None) -> Verdict:
        """The verdict of a check on the crystal; ``begin`` is called before each model.

        Raises ``NoOrderings`` where the check needs a model and there is none.
        """
        if isinstance(check, CompositionCheck):
            return check.check_composition(disorder.neutral_composition(self.crystal))
        models = self.models()
        if isinstance(check, Distances | Relaxation):
            check = check.of_averages()
        if isinstance(check, Relaxation):
            models = of_lowest_energy(models, check.potential)

        def answer(one: Check, model: Crystal) -> Answer:
            begin()
            return self.run(one, model)

        found = [answer(check, model) for model in models]
        if isinstance(check, Stability):
            found = with_relaxed(check, found, answer)
        passing = [one for one in found if not stops(one[0])]
        self.left = [changed for _, changed in passing] or self.left
        verdict = (passing or found)[0][0]
        return with_spread(verdict, [one for one, _ in found], len(passing))

    def models(self) -> list[Crystal]:
        """The models that are left. Raises ``NoOrderings``."""
        if self.left is None:
            options = OrderOptions(orderings=self.number, potential=NONE)
            made = disorder.order(self.crystal, options)
            note = f"It is disordered; {len(made.models)} ordered models stand for it, with this one shown."
            self.left = [replace(one.crystal, remarks=(*made.remarks, note)) for one in made.models]
        return self.left

    def best(self, *, make: bool) -> Crystal | None:
        """The most stable model that is left; None without models, unless ``make`` asks for them."""
        return self.models()[0] if make or self.left else None


def with_spread(verdict: Verdict, all_of_them: list[Verdict], passing: int) -> Verdict:
    """The verdict with how many models pass, and with the least and the greatest value over the models."""
    details = [Detail("models that pass", f"{passing} of {len(all_of_them)}")]
    values = [one.value for one in all_of_them if one.value is not None and math.isfinite(one.value)]
    reason, spread = f"{verdict.reason}; {passing} of {len(all_of_them)} models pass", verdict.spread
    if len(values) > 1:
        over_models = statistics.pstdev(values)
        unit = f" {verdict.unit}" if verdict.unit else ""
        reason += f" ({min(values):.3g} to {max(values):.3g}{unit})"
        spread = over_models if spread is None else math.hypot(spread, over_models)
        details += [
            Detail("least over models", min(values), verdict.unit),
            Detail("greatest over models", max(values), verdict.unit),
        ]
    return replace(verdict, spread=spread, reason=reason, details=(*verdict.details, *details))
