"""Cases of ``targets.py``: the requested properties, other options, and the bars."""

from __future__ import annotations

from dataclasses import dataclass

COSTLY = 60  # largest number of crystals in a case whose oracle is the whole tensor, and in a baseline of its own
HIT, TWO_LIFT = 0.40, 2.0
LITHIUM = ("--elements", "Li")
STIFF_AND_FAST = ("shear_modulus>=20", "li_barrier<=0.5")
# of all systems with a space group other than P1, the two where most known crystals have both: 5 of 8, and 3 of 4
FLUORIDE = ("--space-group", "15", "--chemical-system", "Li-Fe-F")
OXIDE = ("--space-group", "15", "--chemical-system", "Li-Mn-O")
KEPT_RELAXED = ("--relax", "--keep", str(COSTLY))
SURE = (*KEPT_RELAXED, "--confidence", "0.45", "--max-candidates", "512")


@dataclass(frozen=True)
class TargetCase:
    """One row of the table of targets.

    symbol   meaning
    name     name of its folder
    targets  requested properties
    hard     other options, which the baseline has as well
    how      options that the baseline does not have; the oracles relax all crystals anyway
    seed     a seed of its own, where the options were chosen from the results of the other seed
    hit      bar of the share that meets the target
    lift     bar of the lift; of several targets together
    """

    name: str
    targets: tuple[str, ...]
    hard: tuple[str, ...] = ()
    hit: float | None = HIT
    lift: float | None = None
    how: tuple[str, ...] = ()
    seed: int | None = None

    @property
    def baseline(self) -> str:
        """Name of the folder of its baseline."""
        seed = [] if self.seed is None else [str(self.seed)]
        return "-".join(["without", *(w.lower() for w in self.hard if not w.startswith("--")), *seed])

    def crystals(self, n: int) -> int:
        """Number of crystals, for n in each case."""
        return min(n, COSTLY) if self.how or self.is_costly else n

    def crystals_without(self, n: int) -> int:
        """Number of crystals of the baseline; one baseline serves all cases without other options."""
        return min(n, COSTLY) if self.hard and self.is_costly else n

    @property
    def is_costly(self) -> bool:
        """Whether its oracle is the whole tensor."""
        return any(target.startswith("shear") for target in self.targets)

    @property
    def arguments(self) -> list[str]:
        """Options of ``electrolith generate``."""
        return [*(word for target in self.targets for word in ("--target", target)), *self.hard, *self.how]

    @property
    def words(self) -> str:
        """All options as text."""
        return self.words_of(*self.targets)

    def words_of(self, *targets: str) -> str:
        """The options with some of the targets as text."""
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"`{' '.join([*targets, *self.hard, *self.how])}`{seed}"


CASES = (
    *(TargetCase(f"bulk-{k}", (f"bulk_modulus={k}",)) for k in (20, 50, 100, 200, 300)),
    TargetCase("barrier", ("li_barrier<=0.5",), LITHIUM, 0.40, 2.5),
    TargetCase("barrier-1d", ("li_barrier_1d<=0.4",), LITHIUM, 0.60, 2.0),
    *(TargetCase(f"shear-{k}", (f"shear_modulus={k}",)) for k in (10, 30, 60, 120)),
    TargetCase("both-fluoride", STIFF_AND_FAST, FLUORIDE, None, TWO_LIFT),
    TargetCase("both-oxide", STIFF_AND_FAST, OXIDE, None, TWO_LIFT),
    TargetCase("kept-fluoride", STIFF_AND_FAST, FLUORIDE, None, TWO_LIFT, KEPT_RELAXED),
    TargetCase("sure-fluoride", STIFF_AND_FAST, FLUORIDE, None, TWO_LIFT, SURE, seed=11),
)
