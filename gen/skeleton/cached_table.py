"""A table computed from weights, kept until the weights change: a sampler needs it at each of many small steps."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


class CachedTable:
    """The last table computed from the weights of some modules; nothing is kept while gradients are recorded."""

    def __init__(self, *modules: nn.Module) -> None:
        self._modules = modules
        self._state: object = None
        self._table: Tensor | None = None

    def __call__(self, compute: Callable[[], Tensor]) -> Tensor:
        """The table, computed if the weights are other ones than at the last call."""
        if torch.is_grad_enabled() or any(module.training for module in self._modules):
            return compute()
        weights = (weight for module in self._modules for weight in module.parameters())
        state = [(weight.data_ptr(), weight._version) for weight in weights]  # a change in place counts the version up
        if self._table is None or state != self._state:
            self._table, self._state = compute(), state
        return self._table
