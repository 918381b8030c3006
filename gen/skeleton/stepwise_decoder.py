"""The sequence of the skeleton model step by step, as sampling grows it; ``decoder.py`` has the table of its tokens."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .conditioning import Context
from .decoder import visibility
from .guidance import guided
from .skeleton_network import SkeletonNetwork


class StepwiseDecoder:
    """B sequences that grow by one token a step; keys and values of earlier tokens are cached.

    With guidance every sequence runs twice in one batch of 2 B, first with the targets, then with the free ones. The
    logits are those of the next choice: ask for them in the order of the table in ``decoder.py``.
    """

    def __init__(
        self, network: SkeletonNetwork, context: Context, free: Context | None = None, weight: float = 1.0
    ) -> None:
        """``free``: context of the free prediction (without it, no guidance); ``weight``: that of ``guided``."""
        self.network, self.weight = network, weight
        contexts = (context,) if free is None else (context, free)
        self.copies = len(contexts)
        prefixes, known = zip(*(network.context_tokens(c) for c in contexts), strict=True)
        prefix = torch.cat(prefixes)
        self._real = torch.cat(known)
        tokens = torch.cat([prefix, network.start.expand(len(prefix), 1, -1)], 1)
        hidden, self._cache = network.run(tokens, visibility(self._real, 1))
        self._hidden = hidden[:, -1]
        self._real = torch.cat([self._real, self._real[:, :1]], 1)

    def atoms_logits(self) -> Tensor:
        """Logits (B, atoms + 1) of the number of atoms."""
        return self._guided(self.network.to_atoms(self._hidden))

    def add_atoms(self, atoms: Tensor) -> None:
        """Adds the number of atoms (B,)."""
        self._add(self.network.atoms(atoms))

    def group_logits(self) -> Tensor:
        """Logits (B, 231) of the space group."""
        return self._guided(self.network.to_group(self._hidden))

    def add_group(self, space_group: Tensor, atoms: Tensor) -> None:
        """Adds the space group (B,); ``atoms`` (B,) are all still to place."""
        self._add(self.network.group_tokens(space_group, atoms))

    def position_logits(self, space_group: Tensor) -> Tensor:
        """Logits (B, MAX_LETTERS) of the next Wyckoff position, given the space group (B,)."""
        return self._guided(self.network.position_logits(self._hidden[:, None], self._for_each_copy(space_group))[:, 0])

    def element_logits(self, positions: Tensor) -> Tensor:
        """Logits (B, MAX_ELEMENT + 1) of the element on the next Wyckoff positions (B,)."""
        return self._guided(self.network.element_logits(self._hidden, self._for_each_copy(positions)))

    def add_orbits(self, positions: Tensor, elements: Tensor, left: Tensor) -> None:
        """Adds an orbit to each sequence: Wyckoff position, element and atoms left after it, (B,) each."""
        self._add(self.network.orbit_tokens(positions, elements, left))

    def keep(self, rows: Sequence[int]) -> None:
        """Drops all sequences but these."""
        n = len(self._real) // self.copies
        if len(rows) == n:
            return
        index = torch.tensor([row + copy * n for copy in range(self.copies) for row in rows], device=self._real.device)
        self._cache = [(keys[index], values[index]) for keys, values in self._cache]
        self._real = self._real[index]

    def _add(self, tokens: Tensor) -> None:
        self._real = torch.cat([self._real, self._real[:, :1]], 1)
        hidden, self._cache = self.network.run(self._for_each_copy(tokens)[:, None], self._real[:, None], self._cache)
        self._hidden = hidden[:, 0]

    def _for_each_copy(self, x: Tensor) -> Tensor:
        return x.repeat(self.copies, *(1,) * (x.ndim - 1)) if self.copies > 1 else x

    def _guided(self, logits: Tensor) -> Tensor:
        if self.copies == 1:
            return logits
        targeted, free = logits.chunk(2)
        return guided(targeted, free, self.weight)
