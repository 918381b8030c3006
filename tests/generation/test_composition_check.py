"""A request of which no composition passes is refused at once, with the check that refuses most."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from electrolith import Targets
from electrolith.gen.errors import UserError
from electrolith.gen.skeleton.skeleton import Skeleton
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables
from electrolith.generation.composition_check import DRAWS, FIRST, check_compositions
from electrolith.generation.options import GenerationOptions

ROCK_SALT = int(wyckoff_tables().position_start[225])


class Rows:
    """A source that draws rock salts, one of these anions after the other; the last one for ever."""

    def __init__(self, *anions: int) -> None:
        self.anions, self.drawn = anions, 0

    def draw_skeletons(self, seeds: Sequence[int], *_: object) -> list[Skeleton | None]:
        first, self.drawn = self.drawn, self.drawn + len(seeds)
        numbers = [self.anions[min(k, len(self.anions) - 1)] for k in range(first, self.drawn)]
        return [Skeleton(225, (ROCK_SALT, ROCK_SALT + 1), (3, z), 0.0) if z else None for z in numbers]


def check(rows: Rows, compositions: str = "catholyte") -> None:
    check_compositions(rows, Targets(elements="Li"), GenerationOptions(compositions=compositions))  # type: ignore[arg-type]


def test_the_first_composition_that_passes_ends_the_test() -> None:
    rows = Rows(9)  # LiF
    check(rows)
    assert rows.drawn == DRAWS[0]
    late = Rows(*[53] * 100, 9)  # LiI, then LiF
    check(late)
    assert late.drawn == DRAWS[0] + DRAWS[1]


def test_a_request_of_which_nothing_passes_is_refused_with_the_check_that_refuses_most() -> None:
    rows = Rows(*[8] * 10, 53)  # LiO is no salt with two anions, LiI is oxidised at 3 V
    with pytest.raises(
        UserError, match=r"refuses all 1024 compositions .*: window 1014, charge 10, e\.g\. LiI"
    ) as error:
        check(rows)
    assert "\n" not in str(error.value)
    assert "--compositions off" in str(error.value)


def test_the_draws_follow_each_other() -> None:
    assert (0, DRAWS[0], DRAWS[0] + DRAWS[1]) == FIRST


def test_without_a_recipe_or_without_skeletons_nothing_is_refused() -> None:
    check(Rows(53), compositions="")
    check(Rows(0))
    check_compositions(object(), Targets(), GenerationOptions(compositions="catholyte"))  # type: ignore[arg-type]


def test_an_unknown_recipe_is_refused_before_anything_is_drawn() -> None:
    rows = Rows(9)
    with pytest.raises(UserError, match="Did you mean catholyte"):
        check(rows, compositions="catholite")
    assert rows.drawn == 0
