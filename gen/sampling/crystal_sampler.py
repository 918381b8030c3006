"""The two models as one: seeds in, candidate crystals out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ..custom_properties import properties_of_weights
from ..geometry.geometry_model import GeometryModel
from ..geometry.network_size import NetworkSize
from ..geometry.solver import SOLVED_IN
from ..properties import SHIPPED, PropertySet
from ..skeleton.constraints import Constraints
from ..skeleton.guidance import Guidance
from ..skeleton.skeleton import Skeleton
from ..skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from ..skeleton.skeleton_sampler import SkeletonSampler
from ..surrogate.orbit_surrogate import NAME as SURROGATE
from ..surrogate.structure_surrogate import folder_in_use
from ..threads import one_thread
from ..weight_files import DEFAULT_FOLDER, MODELS, folder_of, load_weights, sha256
from . import STEPS
from .candidate import Candidate, CrystalLacks, Lacks, Relax, relax_all
from .formula_ranking import ranked, schedule
from .geometry_sampler import GeometrySampler

REDRAWS = 24
FINALISTS = 5  # skeletons for one crystal that get a geometry, where crystals are looked at,
SHARED = 2  # each with so small a share of the network evaluations: a few tries are nearly as good as many
RELAXED = 2  # of these that are relaxed, where crystals are: that costs as much as making all of them
POOL = 128  # skeletons that a prediction chooses from
UNLESS_ASKED = {"energy_above_hull": 0.0}  # the models have seen unstable crystals, too: stable ones are wanted


class CrystalSampler:
    """Draws candidates; every draw depends on its own seed alone."""

    def __init__(
        self,
        skeleton: SkeletonNetwork,
        geometry: GeometryModel,
        hashes: Mapping[str, str],
        device: str = "cpu",
        surrogates: Path = DEFAULT_FOLDER,
        properties: PropertySet = SHIPPED,
    ) -> None:
        """Networks whose columns are those of ``properties``; ``surrogates`` is the folder of their surrogates."""
        self.device, self.surrogates, self.properties = device, surrogates, properties
        self.hashes = dict(hashes)
        self.skeletons = SkeletonSampler(skeleton.to(device).eval(), device)
        self.geometries = GeometrySampler(geometry.to(device).eval(), device)
        self._last_pool: tuple[object, list[tuple[Skeleton, float]]] | None = None

    @classmethod
    def load(cls, checkpoint: str | Path = "default", device: str = "auto") -> CrystalSampler:
        """Loads both models from the package (a name) or from a folder; raises ``UserError`` if it cannot."""
        folder = folder_of(checkpoint)
        chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        state, size = load_weights(folder / MODELS[0])
        properties = properties_of_weights(folder / MODELS[0], _n_targets(state["target.weight"]))
        skeleton = SkeletonNetwork(SkeletonSize(**size), columns=tuple(range(len(properties))))
        skeleton.load_state_dict(state)
        state, size = load_weights(folder / MODELS[1])
        known = properties_of_weights(folder / MODELS[1], _n_targets(state["network.target.weight"]))
        geometry = GeometryModel(NetworkSize(**size), tuple(map(properties.column, known.names)))
        geometry.load_state_dict(state)
        surrogates = folder_in_use(folder)
        files = (*(folder / name for name in MODELS), surrogates / SURROGATE)
        return cls(skeleton, geometry, {file.name: sha256(file) for file in files}, chosen, surrogates, properties)

    def draw(
        self,
        seeds: Sequence[int],
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = STEPS,
        guidance: float = 2.0,
        lacks: Lacks | None = None,
        looks: CrystalLacks | None = None,
        relax: Relax | None = None,
    ) -> list[Candidate]:
        """One candidate per seed, in order; ``properties`` are the soft targets of each.

        ``lacks`` says what skeletons lack to be worth a geometry: 0 is enough, infinite is none. While a skeleton
        lacks something another is drawn, ``REDRAWS`` times at most, and the one that lacks least is taken. With
        ``looks``, which says the same of crystals, there are ``FINALISTS`` of them, which all get a geometry, and the
        best crystal is taken. With ``relax`` the ``RELAXED`` best are relaxed, and looked at again. Skeletons cost a
        hundredth of a geometry. Guidance other than 1 strengthens the targets; it acts on skeletons, which decide the
        properties, not on geometries.
        """
        with one_thread(self.device):
            return self._draw(seeds, constraints, properties, steps, guidance, lacks, looks, relax)

    def _draw(
        self,
        seeds: Sequence[int],
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None,
        steps: int,
        guidance: float,
        lacks: Lacks | None,
        looks: CrystalLacks | None,
        relax: Relax | None,
    ) -> list[Candidate]:
        targets, free = self._targets(len(seeds), properties)
        able: list[list[tuple[float, Skeleton]]] = [[] for _ in seeds]
        lacking = np.full(len(seeds), np.inf)
        enough = np.zeros(len(seeds), dtype=np.int64)
        needed = 1 if looks is None else FINALISTS
        redrawn = np.zeros(len(seeds), dtype=np.int64)
        missing = list(range(len(seeds)))
        for turn in range(REDRAWS):
            fresh = [seeds[k] if turn == 0 else _seed(seeds[k], turn) for k in missing]
            found = self.skeletons.draw(fresh, constraints, targets[missing], Guidance(guidance, free[missing]))
            real = [(k, s) for k, s in zip(missing, found, strict=True) if s is not None]
            values = np.zeros(len(real)) if lacks is None else lacks([s for _, s in real])
            for (k, skeleton), value in zip(real, values, strict=True):
                if value < np.inf:
                    able[k].append((float(value), skeleton))
                    lacking[k] = min(lacking[k], value)
                    enough[k] += value <= 0
            redrawn[missing] += lacking[missing] > 0
            missing = [k for k in missing if enough[k] < needed]
            if not missing:
                break
        best = [[s for _, s in sorted(found, key=lambda x: x[0])[:needed]] for found in able]
        if looks is None:
            first = [found[0] if found else None for found in best]
            return relax_all(self._built(seeds, first, redrawn, targets, steps), relax)
        flat: list[tuple[int, Skeleton | None]] = [(k, x) for k, found in enumerate(best) for x in found or (None,)]
        owner = np.array([k for k, _ in flat], dtype=np.int64)
        share = max(steps // SHARED, SOLVED_IN)
        built = self._built([seeds[k] for k in owner], [s for _, s in flat], redrawn[owner], targets[owner], share)
        finalists = [[built[i] for i in np.flatnonzero(owner == k)] for k in range(len(seeds))]
        if relax is None:
            return [found[0] for found in _best(finalists, looks, 1)]
        chosen = [relax_all(found, relax) for found in _best(finalists, looks, RELAXED)]
        return [found[0] for found in _best(chosen, looks, 1)]

    def predict(
        self,
        seeds: Sequence[int],
        ranks: Sequence[int],
        pool_seed: int,
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = STEPS,
        guidance: float = 2.0,
        relax: Relax | None = None,
    ) -> list[Candidate]:
        """Candidates for a formula in the order of their probability: rank 0 is the best guess.

        All ranks refer to one pool of skeletons, which depends on ``pool_seed`` and the constraints alone; ``seeds``
        are those of the geometries.
        """
        targets, free = self._targets(len(seeds), properties)
        with one_thread(self.device):
            best = self._pool(pool_seed, constraints, targets[:1], free[:1], guidance)
            order = schedule([share for _, share in best], max(ranks, default=0) + 1)
            chosen = [best[order[rank]][0] if order else None for rank in ranks]
            return relax_all(self._built(seeds, chosen, np.zeros(len(seeds), dtype=np.int64), targets, steps), relax)

    def _pool(
        self,
        seed: int,
        constraints: Constraints,
        targets: NDArray[np.float32],
        free: NDArray[np.float32],
        guidance: float,
    ) -> list[tuple[Skeleton, float]]:
        """Ranked skeletons for a formula; the last pool is remembered, as one run asks for it again and again."""
        key = (seed, repr(constraints), targets.tobytes(), free.tobytes(), guidance)
        if self._last_pool is None or self._last_pool[0] != key:
            seeds = [_seed(seed, k) for k in range(POOL)]
            asked, other = (np.repeat(x, POOL, axis=0) for x in (targets, free))
            drawn = self.skeletons.draw(seeds, constraints, asked, Guidance(guidance, other))
            self._last_pool = key, ranked([s for s in drawn if s is not None])
        return self._last_pool[1]

    def _built(
        self,
        seeds: Sequence[int],
        drawn: Sequence[Skeleton | None],
        redrawn: NDArray[np.int64],
        targets: NDArray[np.float32],
        steps: int,
    ) -> list[Candidate]:
        real = [k for k, s in enumerate(drawn) if s is not None]
        built = self.geometries.build(
            [s for s in drawn if s is not None], [seeds[k] for k in real], targets[real], steps
        )
        made = dict(zip(real, built, strict=True))
        out = []
        for k, (seed, skeleton) in enumerate(zip(seeds, drawn, strict=True)):
            times = int(redrawn[k])
            if skeleton is None:
                out.append(Candidate(seed, None, float("nan"), "no choice of orbits met the conditions", times))
            elif made[k] is None:
                out.append(Candidate(seed, None, skeleton.log_likelihood, "the geometry is not finite", times))
            else:
                out.append(Candidate(seed, made[k], skeleton.log_likelihood, "", times))
        return out

    def _targets(
        self, n: int, properties: Sequence[Mapping[str, float]] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What the models are told, (n, p) normalised, and what they are told where nothing is asked."""
        given: Sequence[Mapping[str, float]] = [{}] * n if properties is None else properties
        asked = [UNLESS_ASKED | dict(g) for g in given]
        free = [{k: v for k, v in UNLESS_ASKED.items() if k not in g} for g in given]
        names = self.properties.names
        tables = [np.array([[a.get(name, np.nan) for name in names] for a in x]) for x in (asked, free)]
        shown, without = (self.properties.normalise(table.reshape(n, len(names))) for table in tables)
        return shown, without


def _best(finalists: Sequence[Sequence[Candidate]], looks: CrystalLacks, n: int) -> list[list[Candidate]]:
    """Of each group the ``n`` candidates that lack least; those that failed come last."""
    flat = [(k, i, c.orbits) for k, group in enumerate(finalists) for i, c in enumerate(group)]
    sound = [(k, i, orbits) for k, i, orbits in flat if orbits is not None and not finalists[k][i].failure]
    lacking = [np.full(len(group), np.inf) for group in finalists]
    values = looks([orbits for _, _, orbits in sound]) if sound else ()
    for (k, i, _), value in zip(sound, values, strict=True):
        lacking[k][i] = value
    orders = [lacks.argsort(kind="stable")[:n] for lacks in lacking]
    return [[group[i] for i in order] for group, order in zip(finalists, orders, strict=True)]


def _n_targets(weight: torch.Tensor) -> int:
    """Number of properties that a target layer reads: for each the value, and whether it is given."""
    return weight.shape[1] // 2


def _seed(seed: int, turn: int) -> int:
    return int(np.random.SeedSequence([seed, turn]).generate_state(1, np.uint64)[0])
