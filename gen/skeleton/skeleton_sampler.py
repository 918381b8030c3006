"""Draws skeletons under constraints: the network proposes, masks exclude what cannot meet the constraints any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .conditioning import context_of
from .constraints import Constraints
from .drawing import Draw, choose, resampled
from .feasible_groups import feasible_groups
from .guidance import Guidance
from .infill import partial_skeleton
from .masks import Mask
from .skeleton import Skeleton
from .skeleton_network import SkeletonNetwork
from .stepwise_decoder import StepwiseDecoder

ATOMS, SPACE_GROUP, FIRST_ORBIT = 0, 1, 2  # places of the random numbers of a draw; an orbit takes two
RESAMPLED = 8  # draws of which one is kept where a framework must occur


class SkeletonSampler:
    """Draws from a ``SkeletonNetwork``; a draw depends on its own seed alone."""

    def __init__(self, network: SkeletonNetwork, device: str = "cpu") -> None:
        self.network, self.device = network.eval(), device
        self.most_atoms = network.size.atoms  # of the largest primitive cell that it draws

    @torch.no_grad()
    def draw(
        self,
        seeds: Sequence[int],
        constraints: Constraints | Sequence[Constraints],
        targets: NDArray[np.float32],
        guidance: Guidance | None = None,
        temperature: float = 1.0,
    ) -> list[Skeleton | None]:
        """A skeleton for each seed, or None where no choice was left at some step (rare; draw again).

        ``constraints`` are those of all draws or of each. ``targets`` (B, p) are normalised, NaN where there is none.
        The temperature divides the logits of positions and elements. A skeleton with a framework is one of
        ``RESAMPLED`` draws.
        """
        each = [constraints] * len(seeds) if isinstance(constraints, Constraints) else constraints
        tables = {id(one): feasible_groups(one, self.most_atoms) for one in each}
        if not seeds or not all(table.any() for table in tables.values()):
            return [None] * len(seeds)
        copies = 1 if all(one.framework is None for one in each) else RESAMPLED
        rows = np.repeat(np.arange(len(seeds)), copies)
        each, targets = [each[row] for row in rows.tolist()], targets[rows]
        guidance = None if guidance is None else Guidance(guidance.weight, guidance.free[rows])
        streams = seeds if copies == 1 else [[seed, copy] for seed in seeds for copy in range(copies)]
        draws = [Draw(np.random.default_rng(stream).random(2 * self.most_atoms + 4)) for stream in streams]
        decoder = self._decoder(each, targets, guidance)
        self._draw_cell(draws, decoder, [tables[id(one)] for one in each], each)
        active = draws
        for turn in range(self.most_atoms):
            self._draw_orbit(active, decoder, FIRST_ORBIT + 2 * turn, temperature)
            going = [k for k, draw in enumerate(active) if not draw.dead and draw.skeleton.left > 0]
            if not going:
                break
            decoder.keep(going)
            active = [active[k] for k in going]
            decoder.add_orbits(
                self._tensor(draw.skeleton.positions[-1] for draw in active),
                self._tensor(draw.skeleton.elements[-1] for draw in active),
                self._tensor(draw.skeleton.left for draw in active),
            )
        return [draw.result() for draw in (draws if copies == 1 else resampled(draws, copies))]

    def _decoder(
        self, constraints: Sequence[Constraints], targets: NDArray[np.float32], guidance: Guidance | None
    ) -> StepwiseDecoder:
        context = context_of(constraints, targets, self.device)
        if guidance is None or not guidance.changes(targets):
            return StepwiseDecoder(self.network, context)
        free = context_of(constraints, guidance.free, self.device)
        return StepwiseDecoder(self.network, context, free, guidance.weight)

    def _draw_cell(
        self, draws: Sequence[Draw], decoder: StepwiseDecoder, groups: Sequence[Mask], each: Sequence[Constraints]
    ) -> None:
        """Draws the number of atoms and the space group."""
        sizes = choose(draws, ATOMS, decoder.atoms_logits(), np.stack([table.any(1) for table in groups]))
        decoder.add_atoms(self._tensor(sizes))
        allowed = np.stack([table[atoms] for table, atoms in zip(groups, sizes, strict=True)])
        chosen = choose(draws, SPACE_GROUP, decoder.group_logits(), allowed)
        decoder.add_group(self._tensor(chosen), self._tensor(sizes))
        for draw, atoms, group, constraints in zip(draws, sizes, chosen, each, strict=True):
            draw.skeleton = partial_skeleton(constraints, group, atoms)

    def _draw_orbit(self, draws: Sequence[Draw], decoder: StepwiseDecoder, number: int, temperature: float) -> None:
        """Draws and adds an orbit of each skeleton: the Wyckoff position, then the element."""
        logits = decoder.position_logits(self._tensor(draw.skeleton.space_group for draw in draws))
        choices = [draw.skeleton.next_orbits() for draw in draws]
        allowed = np.zeros((len(draws), logits.shape[1]), dtype=bool)
        for row, choice in enumerate(choices):
            allowed[row, list(choice)] = True
        letters = choose(draws, number, logits, allowed, temperature)
        positions = [draw.skeleton.position(letter) for draw, letter in zip(draws, letters, strict=True)]
        logits = decoder.element_logits(self._tensor(positions))
        allowed = np.zeros((len(draws), logits.shape[1]), dtype=bool)
        for row, (choice, letter) in enumerate(zip(choices, letters, strict=True)):
            if not draws[row].dead:
                allowed[row] = choice[letter]
        elements = choose(draws, number + 1, logits, allowed, temperature)
        for draw, letter, element in zip(draws, letters, elements, strict=True):
            if not draw.dead:
                draw.skeleton.add(letter, element)

    def _tensor(self, values: Iterable[int]) -> Tensor:
        return torch.tensor(list(values), device=self.device)
