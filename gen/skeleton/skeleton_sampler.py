"""Draws skeletons under constraints: the network proposes, masks make sure that every constraint can still be met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..elements import MAX_ELEMENT
from ..symmetry.wyckoff_tables import wyckoff_tables
from .conditioning import AT_LEAST, EXACTLY, FORMULA, NOTHING, Context, pack
from .constraints import Constraints
from .feasibility import NEVER, can_finish, fits, most_orbits, positions
from .skeleton_features import MAX_ATOMS
from .skeleton_network import SkeletonNetwork


@dataclass(frozen=True)
class Skeleton:
    """A space group with orbits, each a Wyckoff position (index in the tables) and an element (atomic number)."""

    space_group: int
    positions: tuple[int, ...]
    elements: tuple[int, ...]
    log_likelihood: float  # nats, under the model with its masks

    @property
    def counts(self) -> dict[int, int]:
        """Atoms of each element in the primitive cell."""
        tables = wyckoff_tables()
        out: dict[int, int] = {}
        for p, z in zip(self.positions, self.elements, strict=True):
            out[z] = out.get(z, 0) + int(tables.op_count[p])
        return out


@dataclass(eq=False)
class _Row:
    """A skeleton in the making."""

    dice: NDArray[np.float64]
    atoms: int = 0
    group: int = 0
    letter: int = 0  # the first that may come next
    lowest: int = 0  # on that letter, the lowest element that may come
    left: int = 0
    missing: frozenset[int] = frozenset()
    counts: dict[int, int] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)
    elements: list[int] = field(default_factory=list)
    log_likelihood: float = 0.0
    dead: bool = False


def context_of(constraints: Constraints, targets: NDArray[np.float32], device: str = "cpu") -> Context:
    """What the network is told of constraints; ``targets`` (B, p), normalised, NaN where nothing is asked."""
    n = len(targets)
    if constraints.formula is not None:
        kind, given = FORMULA, dict(constraints.formula)
    elif constraints.required:
        exact = constraints.allowed is not None and constraints.allowed == constraints.required
        kind, given = (EXACTLY if exact else AT_LEAST), dict.fromkeys(constraints.required, 0)
    else:
        kind, given = NOTHING, {}
    return pack(np.full(n, kind), [given] * n, targets.astype(np.float32), device)


@lru_cache(maxsize=4096)
def _group_fits(group: int, n: int, required: int, formula: tuple[int, ...] | None) -> bool:
    if formula is None:
        return bool(most_orbits(group)[0, n] >= max(required, 1))
    units, rest = divmod(n, sum(formula))
    return rest == 0 and fits(group, [units * c for c in formula])


def feasible_groups(constraints: Constraints) -> NDArray[np.bool_]:
    """(MAX_ATOMS + 1, 231): for each number of atoms, the space groups that can meet the constraints."""
    table = np.zeros((MAX_ATOMS + 1, 231), dtype=bool)
    formula = constraints.formula
    counts = None if formula is None else tuple(formula[z] for z in sorted(formula))
    sizes = list(range(max(constraints.min_atoms, 1), min(constraints.max_atoms, MAX_ATOMS) + 1))
    if counts is not None:
        sizes = [n for n in sizes if n % sum(counts) == 0 and constraints.z in (None, n // sum(counts))]
    for n in sizes:
        for group in constraints.space_groups or range(1, 231):
            table[n, group] = _group_fits(group, n, len(constraints.required), counts)
    return table


class SkeletonSampler:
    """Draws from a ``SkeletonNetwork``; a draw depends on its own seed alone."""

    def __init__(self, network: SkeletonNetwork, device: str = "cpu") -> None:
        self.network, self.device = network.eval(), device

    @torch.no_grad()
    def draw(
        self,
        seeds: Sequence[int],
        constraints: Constraints,
        targets: NDArray[np.float32],
        temperature: float = 1.0,
        guidance: float = 1.0,
        free: NDArray[np.float32] | None = None,
    ) -> list[Skeleton | None]:
        """A skeleton per seed, or None where masks ran into a dead end (rare; draw again).

        Guidance other than 1 strengthens what ``targets`` (B, p) ask beyond what ``free`` (B, p) does.
        """
        network = self.network
        groups = feasible_groups(constraints)
        rows = [_Row(np.random.default_rng(s).random(2 * MAX_ATOMS + 4)) for s in seeds]
        if not rows or not groups.any():
            return [None] * len(rows)
        context = context_of(constraints, targets, self.device)
        guided = guidance != 1.0 and free is not None and not np.array_equal(targets, free, equal_nan=True)
        self._mix = guidance if guided else None
        prefix, valid = network.prefix(context)
        if guided and free is not None:
            other, _ = network.prefix(context_of(constraints, free, self.device))
            prefix, valid = torch.cat([prefix, other]), valid.repeat(2, 1)
        tokens = torch.cat([prefix, network.start.expand(len(prefix), 1, -1)], 1)
        n = tokens.shape[1]
        causal = torch.ones(n, n, dtype=torch.bool, device=self.device)
        causal[: n - 1, n - 1 :] = False
        valid = torch.cat([valid, valid[:, :1]], 1)
        mask = (causal[None] & valid[:, None]) | torch.eye(n, dtype=torch.bool, device=self.device)
        hidden, cache = network.run(tokens, mask)

        logits = self._guide(network.to_atoms(hidden[:, -1]))
        allowed = np.tile(groups.any(1), (len(rows), 1))
        for row, k in zip(rows, _choose(rows, 0, logits, allowed, 1.0), strict=True):
            row.atoms = row.left = k
        hidden, cache, valid = self._step(network.atoms(self._integers(r.atoms for r in rows)), cache, valid)
        logits = self._guide(network.to_group(hidden))
        allowed = np.stack([groups[r.atoms] for r in rows])
        for row, k in zip(rows, _choose(rows, 1, logits, allowed, 1.0), strict=True):
            row.group = k
            row.missing = constraints.required
            if constraints.formula is not None:
                units = row.atoms // sum(constraints.formula.values())
                row.counts = {z: units * c for z, c in constraints.formula.items()}
        token = network.space_group(self._integers(r.group for r in rows))
        token = token + network.left(self._integers(r.left for r in rows))

        active = list(range(len(rows)))
        for step in range(MAX_ATOMS):
            hidden, cache, valid = self._step(token, cache, valid)
            now = [rows[i] for i in active]
            self._place(now, hidden, constraints, 2 + 2 * step, temperature)
            keep = [k for k, row in enumerate(now) if row.left > 0 and not row.dead]
            if not keep:
                break
            active = [active[k] for k in keep]
            copies = 2 if guided else 1
            index = torch.tensor([k + c * len(now) for c in range(copies) for k in keep], device=self.device)
            if len(keep) < len(now):
                cache = [(a[index], b[index]) for a, b in cache]
                valid = valid[index]
            now = [rows[i] for i in active]
            token = network.orbits(
                self._integers(r.positions[-1] for r in now),
                self._integers(r.elements[-1] for r in now),
                self._integers(r.left for r in now),
            )
        return [
            None if r.dead else Skeleton(r.group, tuple(r.positions), tuple(r.elements), r.log_likelihood) for r in rows
        ]

    def _integers(self, values: object) -> Tensor:
        return torch.tensor(list(values), device=self.device)  # type: ignore[call-overload]

    def _guide(self, logits: Tensor) -> Tensor:
        """Classifier-free guidance (Ho and Salimans, 2022) on logits of rows as asked and, below them, as free."""
        if self._mix is None:
            return logits
        asked, free = logits.log_softmax(-1).chunk(2)
        return torch.where(torch.isfinite(asked), free + self._mix * (asked - free), asked)

    def _step(
        self, token: Tensor, cache: list[tuple[Tensor, Tensor]], valid: Tensor
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]], Tensor]:
        if self._mix is not None:
            token = token.repeat(2, 1)
        valid = torch.cat([valid, valid[:, :1]], 1)
        hidden, cache = self.network.run(token[:, None], valid[:, None], cache)
        return hidden[:, 0], cache, valid

    def _place(self, rows: list[_Row], hidden: Tensor, constraints: Constraints, die: int, temperature: float) -> None:
        """Adds an orbit to every row."""
        groups = self._integers(r.group for r in rows)
        twice = groups if self._mix is None else groups.repeat(2)
        logits = self._guide(self.network.position_logits(hidden[:, None], twice)[:, 0])
        allowed = np.zeros((len(rows), logits.shape[1]), dtype=bool)
        choices = [_letters(row, constraints) for row in rows]
        for k, choice in enumerate(choices):
            allowed[k, list(choice)] = True
        letters = _choose(rows, die, logits, allowed, temperature)
        start = wyckoff_tables().position_start
        placed = [int(start[r.group]) + p for r, p in zip(rows, letters, strict=True)]
        index = self._integers(placed)
        index = index if self._mix is None else index.repeat(2)
        logits = self._guide(self.network.element_logits(hidden, index))
        allowed = np.zeros((len(rows), MAX_ELEMENT + 1), dtype=bool)
        for k, (row, letter) in enumerate(zip(rows, letters, strict=True)):
            if not row.dead:
                allowed[k] = choices[k][letter]
        elements = _choose(rows, die + 1, logits, allowed, temperature)
        for row, letter, position, element in zip(rows, letters, placed, elements, strict=True):
            if not row.dead:
                _add(row, letter, position, element)


def _choose(
    rows: Sequence[_Row], die: int, logits: Tensor, allowed: NDArray[np.bool_], temperature: float
) -> list[int]:
    """Draws from masked logits with each row's own die; a row with nothing allowed is dead."""
    scores = logits.double().cpu().numpy() / temperature
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(1, keepdims=True)
    weights = np.exp(scores - np.where(np.isfinite(top), top, 0.0))
    total = weights.sum(1)
    cumulative = weights.cumsum(1)
    out = []
    for k, row in enumerate(rows):
        if not total[k] > 0:
            row.dead = True
            out.append(0)
            continue
        pick = int(np.searchsorted(cumulative[k], row.dice[die] * total[k], side="right"))
        pick = min(pick, int(np.flatnonzero(allowed[k])[-1]))
        row.log_likelihood += float(np.log(weights[k, pick] / total[k]))
        out.append(pick)
    return out


def _letters(row: _Row, constraints: Constraints) -> dict[int, NDArray[np.bool_]]:
    """For each letter that may come next, the elements that may stand there (MAX_ELEMENT + 1,)."""
    if row.dead:
        return {}
    sites, free = positions(row.group)
    most = most_orbits(row.group)
    out = {}
    base = np.ones(MAX_ELEMENT + 1, dtype=bool)
    base[0] = False
    if constraints.allowed is not None:
        base[:] = False
        base[list(constraints.allowed)] = True
    for p in range(row.letter, len(sites)):
        m = int(sites[p])
        after = row.left - m
        following = p if free[p] else p + 1
        if after < 0 or most[following, after] == NEVER:
            continue
        room = int(most[following, after])
        if room < len(row.missing) - 1:
            continue
        elements = base.copy()
        if p == row.letter:
            elements[: row.lowest] = False
        if room < len(row.missing):
            only = np.zeros_like(elements)
            only[list(row.missing)] = True
            elements &= only
        if row.counts:
            elements &= _of_formula(row, p, m, bool(free[p]))
        if elements.any():
            out[p] = elements
    return out


def _of_formula(row: _Row, position: int, sites: int, free: bool) -> NDArray[np.bool_]:
    """Elements of the formula that may stand on a position so that the rest still fits."""
    mask = np.zeros(MAX_ELEMENT + 1, dtype=bool)
    order = sorted(row.counts)
    left = tuple(row.counts[z] for z in order)
    for k, z in enumerate(order):
        if left[k] >= sites:
            rest = (*left[:k], left[k] - sites, *left[k + 1 :])
            step = (position, rest, k) if free else (position + 1, rest, 0)
            mask[z] = can_finish(row.group, *step)
    return mask


def _add(row: _Row, letter: int, position: int, element: int) -> None:
    sites, free = positions(row.group)
    row.positions.append(position)
    row.elements.append(element)
    row.left -= int(sites[letter])
    row.missing -= {element}
    if row.counts:
        row.counts[element] -= int(sites[letter])
    row.letter, row.lowest = (letter, element) if free[letter] else (letter + 1, 0)
