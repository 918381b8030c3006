"""Laws of the batches of equal cost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from electrolith.gen.training.cost_batches import CostSampler, longer_if_large

SIZES = np.random.default_rng(0)
ORBITS = SIZES.integers(1, 25, 1000)
ATOMS = ORBITS * SIZES.integers(1, 4, 1000)
BUDGET = 100


def sampler(**changes: Any) -> CostSampler:
    defaults: dict[str, Any] = {"period": np.ones_like(ORBITS), "budget": BUDGET, "seed": 0}
    return CostSampler(ORBITS, **(defaults | changes))


def epoch(batches: CostSampler, number: int) -> list[list[int]]:
    batches.set_epoch(number)
    return list(batches)


def test_every_crystal_comes_once_an_epoch() -> None:
    for number in range(3):
        assert sorted(i for batch in epoch(sampler(), number) for i in batch) == list(range(1000))


def test_large_crystals_come_once_in_n_epochs() -> None:
    batches = sampler(period=longer_if_large(ATOMS, 30, 3))
    seen = Counter(i for number in range(3) for batch in epoch(batches, number) for i in batch)
    assert (ATOMS > 30).any()
    assert all(seen[i] == (1 if ATOMS[i] > 30 else 3) for i in range(1000))


def test_batches_have_about_equal_cost() -> None:
    costs = np.array([ORBITS[batch].sum() for batch in epoch(sampler(), 0)])
    assert costs.max() <= BUDGET
    assert (costs > BUDGET - ORBITS.max()).sum() >= len(costs) - 1  # the last one is what is left


def test_a_crystal_beyond_the_budget_is_a_batch_of_its_own() -> None:
    batches = epoch(sampler(budget=10), 0)
    assert [len(batch) for batch in batches if ORBITS[batch].sum() > 10] == [1] * int((ORBITS > 10).sum())


def test_a_batch_holds_crystals_of_like_size() -> None:
    spreads = [np.ptp(ORBITS[batch]) for batch in epoch(sampler(), 0)]
    assert max(spreads) <= 4 < np.ptp(ORBITS)


def test_the_same_seed_and_epoch_give_the_same_batches() -> None:
    assert epoch(sampler(), 2) == epoch(sampler(), 2)
    assert epoch(sampler(), 2) != epoch(sampler(), 3)
    assert epoch(sampler(), 2) != epoch(sampler(seed=1), 2)


def test_the_length_is_the_number_of_batches_except_for_the_rest() -> None:
    assert 0.85 < len(sampler()) / len(epoch(sampler(), 0)) <= 1
