"""Crystal sampler: both models as one, from seeds to candidate crystals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ..cell_limits import largest_cell
from ..custom_properties import properties_of_weights
from ..devices import available_device
from ..geometry.geometry_model import GeometryModel
from ..geometry.network_size import NetworkSize
from ..geometry.solver import SOLVED_IN
from ..properties import SHIPPED, PropertySet
from ..skeleton.constraints import Constraints
from ..skeleton.framework import Framework
from ..skeleton.guidance import Guidance
from ..skeleton.skeleton import Skeleton
from ..skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from ..skeleton.skeleton_sampler import SkeletonSampler
from ..surrogate.candidate_surrogate import NAME as CANDIDATE_SURROGATE
from ..surrogate.orbit_surrogate import NAME as ORBIT_SURROGATE
from ..surrogate.structure_surrogate import folder_in_use, structure_surrogate_in
from ..threads import one_thread
from ..weight_files import load_model
from ..weight_folders import DEFAULT_FOLDER, MODELS, folder_of, sha256
from . import STEPS
from .candidate import Candidate, CrystalPenalty, Relax, SkeletonPenalty, lowest_penalty, relax_all
from .conditions import conditions_of
from .derived_seeds import derived_seed
from .first_skeletons import FirstSkeletons
from .formula_ranking import ranked, schedule
from .geometry_sampler import GeometrySampler
from .skeleton_selection import Kinds, select_skeletons

FINALISTS = 5  # skeletons of one crystal that get a geometry, where crystals have a penalty
FINALIST_SHARE = 2  # each finalist gets 1 / FINALIST_SHARE of the network evaluations: few tries are nearly as good
RELAXED_FINALISTS = 2  # crystals of these that are relaxed: a relaxation costs as much as all geometries
POOL_SIZE = 128  # skeletons among which those of a formula are ranked

Pool = list[tuple[Skeleton, float]]  # skeletons with their shares of the probability, the most probable first


class CrystalSampler:
    """Draws candidates; each depends on its own seed alone."""

    def __init__(
        self,
        skeleton: SkeletonNetwork,
        geometry: GeometryModel,
        hashes: Mapping[str, str],
        device: str = "cpu",
        surrogates: Path = DEFAULT_FOLDER,
        properties: PropertySet = SHIPPED,
    ) -> None:
        """``properties`` are those in the columns of the networks; ``surrogates`` is the folder of their surrogates."""
        self.device, self.surrogates, self.properties = device, surrogates, properties
        self.hashes = dict(hashes)
        self.skeletons = SkeletonSampler(skeleton.to(device).eval(), device)
        judge = structure_surrogate_in(surrogates).judge_on(device)
        self.geometries = GeometrySampler(geometry.to(device).eval(), judge, device)
        self.most_atoms = largest_cell(asdict(skeleton.size))
        self._last_pool: tuple[object, Pool] | None = None
        self._first_skeletons = FirstSkeletons()

    @classmethod
    def load(cls, checkpoint: str | Path = "default", device: str = "auto") -> CrystalSampler:
        """Both models of a checkpoint, given by name (of the package) or by folder.

        Raises ``UserError`` for a checkpoint that is missing or damaged.
        """
        folder = folder_of(checkpoint)
        chosen = available_device(device)
        properties = SHIPPED

        def skeleton_model(state: Mapping[str, torch.Tensor], size: Mapping[str, int]) -> SkeletonNetwork:
            nonlocal properties
            properties = properties_of_weights(folder / MODELS[0], _n_targets(state["target.weight"]))
            return SkeletonNetwork(SkeletonSize(**size), columns=tuple(range(len(properties))))

        def geometry_model(state: Mapping[str, torch.Tensor], size: Mapping[str, int]) -> GeometryModel:
            known = properties_of_weights(folder / MODELS[1], _n_targets(state["network.target.weight"]))
            return GeometryModel(NetworkSize(**size), tuple(map(properties.column, known.names)))

        skeleton = load_model(folder / MODELS[0], skeleton_model)
        geometry = load_model(folder / MODELS[1], geometry_model)
        surrogates = folder_in_use(folder)
        files = (*(folder / name for name in MODELS), surrogates / ORBIT_SURROGATE, surrogates / CANDIDATE_SURROGATE)
        hashes = {file.name: sha256(file) for file in files if file.exists()}
        return cls(skeleton, geometry, hashes, chosen, surrogates, properties)

    def draw(
        self,
        seeds: Sequence[int],
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = STEPS,
        guidance: float = 2.0,
        skeleton_penalty: SkeletonPenalty | None = None,
        crystal_penalty: CrystalPenalty | None = None,
        relax: Relax | None = None,
        kinds: Kinds | None = None,
        temperature: float = 1.0,
    ) -> list[Candidate]:
        """One candidate per seed, in order.

        symbol            meaning
        properties        target values of each candidate, by name
        steps             evaluations of the geometry network for one crystal
        guidance          strength of the targets; it acts on skeletons, which decide the properties
        skeleton_penalty  skeletons with a penalty are drawn again; the lowest penalty is taken. A skeleton costs a
                          hundredth of a geometry
        crystal_penalty   ``FINALISTS`` skeletons get a geometry; the crystal with the lowest penalty is taken
        relax             the candidates are relaxed; with ``crystal_penalty`` the ``RELAXED_FINALISTS`` best are
                          relaxed and compared again
        kinds             a crystal keeps its kind in ``kinds``
        temperature       of the Wyckoff positions and elements: below 1, probable ones are drawn more often
        """
        constraints = self._drawable(constraints)
        with one_thread(self.device):
            conditions, unconditional = conditions_of(self.properties, len(seeds), properties)

            def draw_skeletons(rows: Sequence[int], numbers: Sequence[int]) -> Sequence[Skeleton | None]:
                fresh = [
                    derived_seed(seeds[k], number) if number else seeds[k]
                    for k, number in zip(rows, numbers, strict=True)
                ]
                of_rows = constraints if isinstance(each, Constraints) else [each[k] for k in rows]
                strength = Guidance(guidance, unconditional[rows])
                return self.skeletons.draw(fresh, of_rows, conditions[rows], strength, temperature)

            finalists = 1 if crystal_penalty is None else FINALISTS
            kept, each = self._kept(kinds, constraints, unconditional if properties is None else conditions)

            def fits(row: int, skeleton: Skeleton) -> bool:
                return kinds is None or kept[row] in ("", kinds.of(skeleton))

            selection = select_skeletons(len(seeds), draw_skeletons, skeleton_penalty, finalists, fits)
            if crystal_penalty is None:
                first = [best[0] if best else None for best in selection.skeletons]
                built = self._built(seeds, first, selection.redrawn, conditions, steps, constraints.framework)
                built = relax_all(built, relax)
                return _of_kinds(built, kept)
            pairs: list[tuple[int, Skeleton | None]] = [
                (k, s) for k, best in enumerate(selection.skeletons) for s in best or (None,)
            ]
            owner = np.array([k for k, _ in pairs], dtype=np.int64)
            built = self._built(
                [seeds[k] for k in owner], [s for _, s in pairs], selection.redrawn[owner], conditions[owner],
                max(steps // FINALIST_SHARE, SOLVED_IN), constraints.framework,
            )  # fmt: skip
            groups = [[built[i] for i in np.flatnonzero(owner == k)] for k in range(len(seeds))]
            if relax is not None:
                groups = [relax_all(best, relax) for best in lowest_penalty(groups, crystal_penalty, RELAXED_FINALISTS)]
            return _of_kinds([best[0] for best in lowest_penalty(groups, crystal_penalty, 1)], kept)

    def _kept(
        self, kinds: Kinds | None, constraints: Constraints, conditions: NDArray[np.float32]
    ) -> tuple[list[str], Constraints | Sequence[Constraints]]:
        """The kind that the crystal of each row keeps, and its constraints, those of all if there is one.

        The kind is empty where the crystal keeps none, or no skeleton was drawn.
        """
        if kinds is None:
            return [""] * len(conditions), constraints
        if kinds.kept:
            return list(kinds.kept), kinds.constraints or constraints

        def draw(seeds: Sequence[int], rows: Sequence[int]) -> Sequence[Skeleton | None]:
            return self.skeletons.draw(seeds, constraints, conditions[list(rows)])

        first = self._first_skeletons(kinds, constraints, conditions, draw)
        kept = ["" if skeleton is None else kinds.of(skeleton) for skeleton in first]
        narrow = kinds.narrow
        if narrow is None:
            return kept, constraints
        return kept, [constraints if skeleton is None else narrow(constraints, skeleton) for skeleton in first]

    def draw_skeletons(
        self,
        seeds: Sequence[int],
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        guidance: float = 2.0,
    ) -> list[Skeleton | None]:
        """A skeleton for each seed, without a geometry; None where no choice of orbits met the constraints."""
        conditions, unconditional = conditions_of(self.properties, len(seeds), properties)
        with one_thread(self.device):
            return self.skeletons.draw(
                seeds, self._drawable(constraints), conditions, Guidance(guidance, unconditional)
            )

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
        """Candidates for a formula by descending probability; rank 0 is the most probable one.

        All ranks refer to one pool of skeletons, which depends on ``pool_seed`` and the constraints alone; ``seeds``
        are those of the geometries.
        """
        constraints = self._drawable(constraints)
        conditions, unconditional = conditions_of(self.properties, len(seeds), properties)
        with one_thread(self.device):
            pool = self._pool(pool_seed, constraints, conditions[:1], unconditional[:1], guidance)
            order = schedule([share for _, share in pool], max(ranks, default=0) + 1)
            chosen = [pool[order[rank]][0] if order else None for rank in ranks]
            redrawn = np.zeros(len(seeds), dtype=np.int64)
            built = self._built(seeds, chosen, redrawn, conditions, steps, constraints.framework)
            return relax_all(built, relax)

    def _drawable(self, constraints: Constraints) -> Constraints:
        """The constraints without cells that are larger than those that the skeleton model knows."""
        return replace(constraints, max_atoms=min(constraints.max_atoms, self.most_atoms))

    def _pool(
        self,
        seed: int,
        constraints: Constraints,
        conditions: NDArray[np.float32],
        unconditional: NDArray[np.float32],
        guidance: float,
    ) -> Pool:
        """Ranked skeletons of a formula; the last pool is kept, because a run needs it for every batch."""
        key = (seed, repr(constraints), conditions.tobytes(), unconditional.tobytes(), guidance)
        if self._last_pool is None or self._last_pool[0] != key:
            seeds = [derived_seed(seed, k) for k in range(POOL_SIZE)]
            shown, hidden = (np.repeat(x, POOL_SIZE, axis=0) for x in (conditions, unconditional))
            drawn = self.skeletons.draw(seeds, constraints, shown, Guidance(guidance, hidden))
            self._last_pool = key, ranked([s for s in drawn if s is not None])
        return self._last_pool[1]

    def _built(
        self,
        seeds: Sequence[int],
        skeletons: Sequence[Skeleton | None],
        redrawn: NDArray[np.int64],
        conditions: NDArray[np.float32],
        steps: int,
        framework: Framework | None,
    ) -> list[Candidate]:
        """A candidate for each skeleton, with a geometry from its seed."""
        rows = [k for k, s in enumerate(skeletons) if s is not None]
        built = self.geometries.build(
            [s for s in skeletons if s is not None], [seeds[k] for k in rows], conditions[rows], steps, framework
        )
        orbits = dict(zip(rows, built, strict=True))
        out = []
        for k, (seed, skeleton) in enumerate(zip(seeds, skeletons, strict=True)):
            times = int(redrawn[k])
            if skeleton is None:
                out.append(Candidate(seed, None, float("nan"), "no choice of orbits met the conditions", times))
            else:
                failure = "the geometry is not finite" if orbits[k] is None else ""
                out.append(Candidate(seed, orbits[k], skeleton.log_likelihood, failure, times))
        return out


def _of_kinds(candidates: Sequence[Candidate], kinds: Sequence[str]) -> list[Candidate]:
    return [replace(one, kind=kind) for one, kind in zip(candidates, kinds, strict=True)]


def _n_targets(weight: torch.Tensor) -> int:
    """Number of properties that a target layer reads: for each the value, and whether it is given."""
    return weight.shape[1] // 2
