"""The skeleton model as a sequence: log p(skeleton | context) as a sum over tokens.

place      token                              sees                 predicts
0 … e      context (targets, elements)        the context          –
e + 1      start                              all before, itself   number of atoms N
e + 2      N                                  all before, itself   space group G
e + 3      G, atoms left                      all before, itself   Wyckoff position p₁, then element z₁ given p₁
e + 3 + i  orbit i: pᵢ, zᵢ, atoms left        all before, itself   pᵢ₊₁, then zᵢ₊₁ given pᵢ₊₁

    log p = log p(N | context) + log p(G | N, context) + Σᵢ [log p(pᵢ | …) + log p(zᵢ | pᵢ, …)]

The sequence ends where no atoms are left. ``log_prob`` reads whole skeletons (training), ``StepwiseDecoder`` grows them
by the same table (sampling); both take the mask from here, tokens and heads from ``SkeletonNetwork``.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .choices import Choices
from .conditioning import Context
from .skeleton import SkeletonBatch
from .skeleton_network import SkeletonNetwork

BEFORE_ORBITS = 3  # tokens after the context: start, number of atoms, space group


def visibility(known: Tensor, following: int, orbits_hidden: float = 0.0) -> Tensor:
    """Attention mask (B, n, n) of a context and the tokens after it; entry (i, j): token i sees token j.

    ``known`` (B, 1 + e) marks the tokens of the context that are not padding; padding is seen by itself alone. So is a
    random share ``orbits_hidden`` of the orbits, in training.
    """
    context = known.shape[1]
    n = context + following
    causal = torch.ones(n, n, dtype=torch.bool, device=known.device).tril()
    causal[:context, :context] = True
    seen = known.new_ones(len(known), following)
    if orbits_hidden:
        orbits = seen[:, BEFORE_ORBITS:]
        orbits &= torch.rand(orbits.shape, device=known.device) >= orbits_hidden
    real = torch.cat([known, seen], 1)
    return (causal[None] & real[:, None]) | torch.eye(n, dtype=torch.bool, device=known.device)


def log_prob(
    network: SkeletonNetwork, skeletons: SkeletonBatch, context: Context, allowed: Choices | None = None,
    orbits_hidden: float = 0.0,
) -> Tensor:  # fmt: skip
    """Log-probabilities (B, 4) in nats of number of atoms, space group, positions and elements; their sum is log p.

    With ``allowed`` each factor is renormalised over the allowed choices, as when sampling under constraints.
    ``orbits_hidden`` is that of ``visibility``.
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
    hidden, _ = network.run(tokens, visibility(known, tokens.shape[1] - start, orbits_hidden))
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
