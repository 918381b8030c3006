"""How crystals are made, and which checks they meet on the way."""

from __future__ import annotations

from dataclasses import dataclass

from ..gen.sampling import STEPS

HARD = ("finite", "distances", "volume", "charge", "symmetry")  # a candidate that fails one is replaced
SOFT = ("fragments", "novel")  # told, never a reason for replacement
PREDICTION_STEPS = 200  # of a formula, where more tries pay
WITHIN_RUN = "unique"  # told as well; it needs the crystals made before
TARGETS = "targets"  # the check of a run that keeps only crystals that have all properties asked for
TOLD = (*HARD, *SOFT, WITHIN_RUN)


@dataclass(frozen=True)
class GenerationOptions:
    """How crystals are made; ``slots.py`` says what slots, chunks and attempts are.

    symbol        meaning
    seed          of the run
    steps         network evaluations of the geometry model for one crystal: tries of 10, the best of which is kept
    guidance      strength of soft targets
    max_attempts  candidates for one crystal before it is given up
    checks        that a candidate must pass; one that fails is replaced
    stable        whether orbits are drawn again that are predicted to lie far above the hull of known compounds
    new           whether orbits are drawn again that the reference set has
    fit           whether orbits are drawn again that are predicted to miss the properties asked for
    relax         whether candidates are relaxed with CHGNet before they are checked
    keep          so many crystals end the run, no two alike, of which all must have the properties asked for, and every
                  slot has one attempt; 0: all slots are made, whatever properties they have
    confidence    least chance, by the surrogates, that a crystal to keep has all properties asked for
    """

    seed: int = 0
    steps: int = STEPS
    guidance: float = 2.0
    max_attempts: int = 20
    checks: tuple[str, ...] = HARD
    stable: bool = True
    new: bool = True
    fit: bool = True
    keep: int = 0
    relax: bool = False
    confidence: float = 0.0

    @property
    def attempts(self) -> int:
        """Candidates for one slot."""
        return 1 if self.keep else self.max_attempts
