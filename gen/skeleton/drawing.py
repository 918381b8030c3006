"""Draws of single choices of a skeleton, each decided by its own random number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from .masks import Mask, PartialSkeleton
from .skeleton import Skeleton


@dataclass(eq=False)
class Draw:
    """A skeleton that is being drawn, one choice after the other.

    symbol          meaning                                                             shape
    uniform         random numbers in [0, 1), one for each choice                        (2 atoms + 4,)
    log_likelihood  of the choices so far, in nats
    log_mass        log of the probability of the allowed choices, before the others were excluded
    dead            no choice was left at some step
    skeleton        the orbits so far; set once the space group is drawn
    """

    uniform: NDArray[np.float64]
    log_likelihood: float = 0.0
    log_mass: float = 0.0
    dead: bool = False
    skeleton: PartialSkeleton = field(init=False)

    def result(self) -> Skeleton | None:
        """The skeleton that was drawn; None where no choice was left."""
        s = self.skeleton
        drawn = Skeleton(s.space_group, tuple(s.positions), tuple(s.elements), self.log_likelihood)
        return None if self.dead else drawn


def choose(draws: Sequence[Draw], number: int, logits: Tensor, allowed: Mask, temperature: float = 1.0) -> list[int]:
    """One choice for each draw, from its logits (B, n) over the allowed ones (B, n), by its random number ``number``.

    A draw with nothing allowed is dead, and gets 0.
    """
    free = logits.double().cpu().numpy() / temperature
    scores = np.where(allowed, free, -np.inf)
    top = scores.max(1, keepdims=True)
    weights = np.exp(scores - np.where(np.isfinite(top), top, 0.0))
    total = weights.sum(1)
    highest = free.max(1, keepdims=True)
    excess = (highest - top)[:, 0] + np.log(np.exp(free - highest).sum(1))  # of the log of the mass of all choices
    cumulative = weights.cumsum(1)
    out = []
    for row, draw in enumerate(draws):
        if not total[row] > 0:
            draw.dead = True
            out.append(0)
            continue
        pick = int(np.searchsorted(cumulative[row], draw.uniform[number] * total[row], side="right"))
        pick = min(pick, int(np.flatnonzero(allowed[row])[-1]))
        draw.log_likelihood += float(np.log(weights[row, pick] / total[row]))
        draw.log_mass += float(np.log(total[row]) - excess[row])
        out.append(pick)
    return out


def resampled(draws: Sequence[Draw], copies: int) -> list[Draw]:
    """One of each ``copies`` draws in a row, by the probability of the choices that were not excluded.

    Masks exclude choices one by one: without this, skeletons in which the model finds a required orbit improbable would
    be as frequent as others (sampling by importance resampling, Rubin 1988).
    """
    chosen = []
    for start in range(0, len(draws), copies):
        gumbel = [draw.log_mass - np.log(-np.log(draw.uniform[-1])) for draw in draws[start : start + copies]]
        dead = [draw.dead for draw in draws[start : start + copies]]
        chosen.append(draws[start + int(np.where(dead, -np.inf, gumbel).argmax())])
    return chosen
