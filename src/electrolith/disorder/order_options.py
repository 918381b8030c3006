"""Options of ``electrolith order``, and of the orderings that ``screen`` and ``check`` make."""

from __future__ import annotations

from dataclasses import dataclass

from ..gen.typed_fields import setting
from ..gen.typed_records import check_ranges, checked_keywords

NONE = "none"  # no potential
PANEL = "Ordered models"  # of the help


@checked_keywords
@dataclass(frozen=True)
class OrderOptions:
    """Options of the search for ordered models."""

    orderings: int = setting(5, "Ordered models of each crystal.", at_least=1, panel=PANEL)
    max_atoms: int = setting(200, "Largest supercell, in atoms.", at_least=1, panel=PANEL)
    tolerance: float = setting(
        0.25, "Largest change of the share of an element on a site by rounding.", at_least=0, at_most=1, panel=PANEL
    )
    potential: str = setting(
        "chgnet",
        "Potential that ranks the best models: chgnet, sevenn-0 or any ASE calculator; none: Ewald energies and the "
        "surrogate alone.",
        panel=PANEL,
    )
    evaluated: int = setting(15, "Models whose energy the potential computes.", at_least=1, panel=PANEL)
    candidates: int = setting(60, "Models of lowest Ewald energy that the surrogate sees.", at_least=1, panel=PANEL)
    seed: int = setting(0, "Seed of sampling. The same seed gives the same models.", at_least=0, panel=PANEL)

    def __post_init__(self) -> None:
        check_ranges(self)
