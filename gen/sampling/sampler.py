"""The two models as one: seeds in, candidate crystals out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import UserError
from ..geometry.model import GeometryModel
from ..geometry.network import NetworkSize
from ..geometry.sampler import STEPS, solve
from ..geometry.skeletons import Skeletons
from ..properties import PROPERTIES, normalise
from ..skeleton.constraints import Constraints
from ..skeleton.network import SkeletonNetwork, SkeletonSize
from ..skeleton.sampler import Skeleton, SkeletonSampler
from ..symmetry.orbits import Orbits
from ..weights_io import FOLDER, load_weights, sha256

FILES = ("skeleton.safetensors", "geometry.safetensors")


@dataclass(frozen=True)
class Candidate:
    """One draw: orbits with finite parameters, or the reason why there are none."""

    seed: int
    orbits: Orbits | None
    log_likelihood: float  # of the skeleton, nats
    failure: str = ""


class Sampler:
    """Draws candidates; every draw depends on its own seed alone."""

    def __init__(
        self, skeleton: SkeletonNetwork, geometry: GeometryModel, hashes: Mapping[str, str], device: str = "cpu"
    ) -> None:
        self.device = device
        self.hashes = dict(hashes)
        self.skeletons = SkeletonSampler(skeleton.to(device).eval(), device)
        self.geometry = geometry.to(device).eval()

    @classmethod
    def load(cls, checkpoint: str | Path = "default", device: str = "auto") -> Sampler:
        """Loads both models from the package (a name) or from a folder; raises ``UserError`` if it cannot."""
        folder = folder_of(checkpoint)
        chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        state, size = load_weights(folder / FILES[0])
        skeleton = SkeletonNetwork(SkeletonSize(**size))
        skeleton.load_state_dict(state)
        state, size = load_weights(folder / FILES[1])
        geometry = GeometryModel(NetworkSize(**size))
        geometry.load_state_dict(state)
        return cls(skeleton, geometry, {name: sha256(folder / name) for name in FILES}, chosen)

    def draw(
        self,
        seeds: Sequence[int],
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = STEPS,
        guidance: float = 1.0,
        temperature: float = 1.0,
    ) -> list[Candidate]:
        """One candidate per seed, in order; ``properties`` are the soft targets of each."""
        targets = self._targets(len(seeds), properties)
        drawn = self.skeletons.draw(seeds, constraints, targets, temperature, guidance)
        real = [k for k, s in enumerate(drawn) if s is not None]
        built = self.build([s for s in drawn if s is not None], [seeds[k] for k in real], targets[real], steps, guidance)
        made = dict(zip(real, built, strict=True))
        out = []
        for k, (seed, skeleton) in enumerate(zip(seeds, drawn, strict=True)):
            if skeleton is None:
                out.append(Candidate(seed, None, float("nan"), "no choice of orbits met the constraints"))
            elif made[k] is None:
                out.append(Candidate(seed, None, skeleton.log_likelihood, "the geometry is not finite"))
            else:
                out.append(Candidate(seed, made[k], skeleton.log_likelihood))
        return out

    def build(
        self,
        skeletons: Sequence[Skeleton],
        seeds: Sequence[int],
        targets: NDArray[np.float32],
        steps: int = STEPS,
        guidance: float = 1.0,
    ) -> list[Orbits | None]:
        """Geometries of skeletons, one per seed; None where the numbers are not finite."""
        if not skeletons:
            return []
        counts = np.array([len(s.positions) for s in skeletons])
        owner = np.repeat(np.arange(len(skeletons)), counts)
        positions = np.array([p for s in skeletons for p in s.positions])
        elements = np.array([z for s in skeletons for z in s.elements])
        groups = np.array([s.space_group for s in skeletons])
        batch = Skeletons.of(*(torch.from_numpy(x).to(self.device) for x in (groups, owner, positions, elements)))
        dice = [np.random.default_rng([seed, 1]) for seed in seeds]
        uniform = np.concatenate([rng.random((n, 3)) for rng, n in zip(dice, counts, strict=True)])
        normal = np.stack([rng.standard_normal(6) for rng in dice])
        found = solve(
            self.geometry,
            batch,
            *(torch.from_numpy(x.astype(np.float32)).to(self.device) for x in (uniform, normal, targets)),
            steps=steps,
            guidance=guidance,
        )
        lattice = self.geometry.process.coordinates(batch, found.cell).double().cpu().numpy()
        theta = found.theta.double().cpu().numpy()
        out: list[Orbits | None] = []
        for k, group in enumerate(groups):
            mine = owner == k
            finite = np.isfinite(theta[mine]).all() and np.isfinite(lattice[k]).all() and np.abs(lattice[k]).max() < 20
            orbits = Orbits(int(group), positions[mine], elements[mine], theta[mine], lattice[k])
            out.append(orbits if finite else None)
        return out

    @staticmethod
    def _targets(n: int, properties: Sequence[Mapping[str, float]] | None) -> NDArray[np.float32]:
        given: Sequence[Mapping[str, float]] = [{}] * n if properties is None else properties
        return normalise(np.array([[g.get(p.name, np.nan) for p in PROPERTIES] for g in given]).reshape(n, -1))


def folder_of(checkpoint: str | Path) -> Path:
    """The folder of a checkpoint given by name or path; raises ``UserError`` when there is none."""
    named = FOLDER / str(checkpoint)
    for folder in (named, Path(checkpoint)):
        if (folder / FILES[0]).exists() or (folder / FILES[1]).exists():
            return folder
    names = ", ".join(sorted(p.name for p in FOLDER.iterdir() if p.is_dir())) if FOLDER.exists() else "none"
    raise UserError(f"there is no checkpoint {checkpoint}: name one of the package's ({names}) or a folder with {FILES}")
