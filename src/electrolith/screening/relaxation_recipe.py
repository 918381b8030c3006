"""A relaxation is a screening by two questions: where does it go, and how far above the hull does it end?"""

from __future__ import annotations

from typing import Any

from ..gen.errors import UserError
from ..validators.relaxation.potentials import calculator
from ..validators.thermodynamics.formation_energy import references
from .recipe import Recipe, find_recipe


def relaxation_recipe(potential: str, **options: Any) -> Recipe:
    """Relaxation with these options of ``Relaxation``, then stability where the potential's zeros are known.

    Raises ``UserError`` for a potential that is not there, before any crystal is read.
    """
    calculator(potential)
    checks: list[dict[str, Any]] = [{"check": "relaxation", "potential": potential, **options, "unknown": "stop"}]
    rank: list[dict[str, Any]] = []
    try:
        references(potential)
    except UserError:
        pass
    else:
        checks.append({"check": "stability", "at_most": None, "potential": potential})
        rank.append({"by": "stability", "order": "low"})
    return find_recipe(
        {"name": "relax", "description": f"Relaxation with {potential}.", "checks": checks, "rank": rank}
    )
