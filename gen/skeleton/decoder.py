"""The skeleton model as a sequence: p(skeleton | context) as a product over tokens, at once or step by step.

place      token                              sees                 predicts
0 … e      context (targets, elements)        the context          –
e + 1      start                              all before, itself   number of atoms N
e + 2      N                                  all before, itself   space group G
e + 3      G, atoms left                      all before, itself   Wyckoff position p₁, then element z₁ given p₁
e + 3 + i  orbit i: pᵢ, zᵢ, atoms left        all before, itself   pᵢ₊₁, then zᵢ₊₁ given pᵢ₊₁

    log p = log p(N | context) + log p(G | N, context) + Σᵢ [log p(pᵢ | …) + log p(zᵢ | pᵢ, …)]

The sequence ends where no atoms are left. ``log_prob`` reads whole skeletons (training), ``StepwiseDecoder`` grows them
(sampling); both take tokens, mask and heads from here and from ``SkeletonNetwork``.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .choices import Choices
from .conditioning import Context
from .guidance import guided
from .skeleton import SkeletonBatch
from .skeleton_network import SkeletonNetwork


def visibility(known: Tensor, following: int) -> Tensor:
    """Attention mask (B, n, n) of a context and the tokens after it; entry (i, j): token i sees token j.

    ``known`` (B, 1 + e) marks the tokens of the context that are not padding; padding is seen by itself alone.
    """
    context = known.shape[1]
    n = context + following
    causal = torch.ones(n, n, dtype=torch.bool, device=known.device).tril()
    causal[:context, :context] = True
    real = torch.cat([known, known.new_ones(len(known), following)], 1)
    return (causal[None] & real[:, None]) | torch.eye(n, dtype=torch.bool, device=known.device)


def log_prob(
    network: SkeletonNetwork, skeletons: SkeletonBatch, context: Context, allowed: Choices | None = None
) -> Tensor:
    """Log-probabilities (B, 4) in nats of number of atoms, space group, positions and elements; their sum is log p.

    With ``allowed`` each factor is renormalised over the allowed choices, as when sampling under constraints.
    """
    atoms, group = skeletons.atoms, skeletons.space_group
    real = skeletons.positions >= 0
    positions, elements, left = (x.clamp(min=0) for x in (skeletons.positions, skeletons.elements, skeletons.left))
    prefix, known = network.context_tokens(context)
    tokens = torch.cat(
        [
            prefix,
            network.start.expand(len(prefix), 1, -1),
            network.atoms(atoms)[:, None],
            network.group_tokens(group, atoms)[:, None],
            network.orbit_tokens(positions[:, :-1], elements[:, :-1], left[:, :-1]),
        ],
        dim=1,
    )
    start = prefix.shape[1]
    hidden, _ = network.run(tokens, visibility(known, tokens.shape[1] - start))
    orbits = hidden[:, start + 2 :]
    letters = (positions - network.first_position[group][:, None]).where(real, 0)
    logits = (
        network.to_atoms(hidden[:, start]),
        network.to_group(hidden[:, start + 1]),
        network.position_logits(orbits, group),
        network.element_logits(orbits, positions),
    )
    masks = (None,) * 4 if allowed is None else allowed.tensors()
    chosen = (atoms, group, letters, elements.where(real, 1))
    parts = [_log_prob_of(*factor) for factor in zip(chosen, logits, masks, strict=True)]
    return torch.stack([parts[0], parts[1], (parts[2] * real).sum(1), (parts[3] * real).sum(1)], 1)


def _log_prob_of(choice: Tensor, logits: Tensor, allowed: Tensor | None) -> Tensor:
    """Log-probability (…) of a choice (…) among n by logits (…, n), of the choices ``allowed`` (…, n)."""
    if allowed is not None:
        logits = logits.masked_fill(~allowed, -torch.inf)
    return logits.float().log_softmax(-1).gather(-1, choice[..., None])[..., 0]


class StepwiseDecoder:
    """B sequences that grow by one token a step; keys and values of earlier tokens are cached.

    With guidance every sequence runs twice in one batch of 2 B, first with the targets, then with the free ones. The
    logits are those of what comes next: ask for them in the order of the table above.
    """

    def __init__(
        self, network: SkeletonNetwork, context: Context, free: Context | None = None, weight: float = 1.0
    ) -> None:
        """``free`` is the context of the free prediction (no guidance without it), ``weight`` that of ``guided``."""
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
        """Logits (B, MAX_ATOMS + 1) of the number of atoms."""
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
