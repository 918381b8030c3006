"""The cells of the table of asked against found: what is asked for, and the bars."""

from __future__ import annotations

from dataclasses import dataclass

DEAR = 60  # crystals, at most, in a cell whose judge is the whole tensor, and in its run without targets if its own
HIT, TWO_LIFT = 0.40, 2.0
LITHIUM = ("--elements", "Li")
STIFF_AND_FAST = ("shear_modulus>=20", "li_barrier<=0.5")
# of all systems with a group other than P1 the two in which the most known crystals have both: 5 of 8, and 3 of 4
FLUORIDE = ("--space-group", "15", "--chemical-system", "Li-Fe-F")
OXIDE = ("--space-group", "15", "--chemical-system", "Li-Mn-O")
KEPT_RELAXED = ("--relax", "--keep", str(DEAR))
SURE = (*KEPT_RELAXED, "--confidence", "0.45", "--max-candidates", "512")


@dataclass(frozen=True)
class Cell:
    """A cell of the table.

    symbol   meaning
    name     of its folder
    targets  properties asked for
    hard     other options, which the run without targets has as well
    how      options that it has not: the judges relax crystals anyway
    seed     another than that of the others, where its options were chosen knowing what those found
    hit      least share found as asked, and
    lift     least lift, of the bars; of several targets together
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
        seed = [] if self.seed is None else [str(self.seed)]
        return "-".join(["without", *(w.lower() for w in self.hard if not w.startswith("--")), *seed])

    def crystals(self, n: int) -> int:
        """That are made, of n in each cell."""
        return min(n, DEAR) if self.how or self.is_dear else n

    def crystals_without(self, n: int) -> int:
        """That are made without the targets; one run serves all cells without other options."""
        return min(n, DEAR) if self.hard and self.is_dear else n

    @property
    def is_dear(self) -> bool:
        """Whether its judge is the whole tensor."""
        return any(target.startswith("shear") for target in self.targets)

    @property
    def arguments(self) -> list[str]:
        return [*(word for target in self.targets for word in ("--target", target)), *self.hard, *self.how]

    @property
    def words(self) -> str:
        """What was asked, as it is written."""
        return self.words_of(*self.targets)

    def words_of(self, *targets: str) -> str:
        """The same for some of its targets."""
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"`{' '.join([*targets, *self.hard, *self.how])}`{seed}"


CELLS = (
    *(Cell(f"bulk-{k}", (f"bulk_modulus={k}",)) for k in (20, 50, 100, 200, 300)),
    Cell("barrier", ("li_barrier<=0.5",), LITHIUM, 0.40, 2.5),
    Cell("barrier-1d", ("li_barrier_1d<=0.4",), LITHIUM, 0.60, 2.0),
    *(Cell(f"shear-{k}", (f"shear_modulus={k}",)) for k in (10, 30, 60, 120)),
    Cell("both-fluoride", STIFF_AND_FAST, FLUORIDE, None, TWO_LIFT),
    Cell("both-oxide", STIFF_AND_FAST, OXIDE, None, TWO_LIFT),
    Cell("kept-fluoride", STIFF_AND_FAST, FLUORIDE, None, TWO_LIFT, KEPT_RELAXED),
    Cell("sure-fluoride", STIFF_AND_FAST, FLUORIDE, None, TWO_LIFT, SURE, seed=11),
)
