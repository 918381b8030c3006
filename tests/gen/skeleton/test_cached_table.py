"""A table is computed once, and again after any change of its weights."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn

from electrolith.gen.skeleton.cached_table import CachedTable


class Doubled(nn.Module):
    """A module with a table that is twice its weights, and a count of how often it was computed."""

    def __init__(self) -> None:
        super().__init__()
        self.own = nn.Embedding(3, 2)
        self.cached = CachedTable(self.own)
        self.computed = 0

    def table(self) -> torch.Tensor:
        def compute() -> torch.Tensor:
            self.computed += 1
            return 2 * self.own.weight

        return self.cached(compute)


def test_a_table_is_computed_once_without_gradients() -> None:
    module = Doubled().eval()
    with torch.no_grad():
        for _ in range(3):
            assert torch.equal(module.table(), 2 * module.own.weight)
    assert module.computed == 1


def test_a_table_follows_its_weights() -> None:
    module = Doubled().eval()
    with torch.no_grad():
        module.table()
        module.own.weight.add_(1.0)
        assert torch.equal(module.table(), 2 * module.own.weight)
        module.load_state_dict({"own.weight": torch.ones(3, 2)})
        assert torch.equal(module.table(), torch.full((3, 2), 2.0))
        other = deepcopy(module)
        other.own.weight.zero_()
        assert torch.equal(other.table(), torch.zeros(3, 2))
        assert torch.equal(module.table(), torch.full((3, 2), 2.0))


def test_gradients_pass_through_a_table_and_training_keeps_none() -> None:
    module = Doubled()
    module.table().sum().backward()
    assert torch.equal(module.own.weight.grad, torch.full((3, 2), 2.0))
    with torch.no_grad():
        module.table()
        module.table()
    assert module.computed == 3
