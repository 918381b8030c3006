"""Random omissions of a training, which keep a network from learning its crystals by heart."""

from __future__ import annotations

from dataclasses import dataclass

from ..typed_records import check_ranges, setting


@dataclass(frozen=True)
class Regularisation:
    """What the skeleton network does not see at a step of its training, besides dropout; validation sees all."""

    own_hidden: float = setting(
        0.0,
        "share of the Wyckoff positions and elements known by their features alone",
        at_least=0,
        below=1,
    )
    orbits_hidden: float = setting(
        0.0, "share of the orbits that the choices after the next one do not see", at_least=0, below=1
    )

    def __post_init__(self) -> None:
        check_ranges(self)
