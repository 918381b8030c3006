"""Self-diffusivity of Li⁺ in a trajectory, with its spread, and displacements of the framework.

symbol   meaning                                                                                     unit
D        self-diffusivity: slope of the mean square displacement over 6, from 1 ps to 0.7 t         cm²/s
t        length of the trajectory                                                                    ps
N        number of Li⁺
a        length of a hop: mean distance of a Li⁺ to the next, at most 4 Å                            Å
hops     N_eff = N max(MSD) / a², including vibrations                                               none
σ        spread of D: D (3.43 / √N_eff + 0.04), eq. 8 of the paper below                             cm²/s

D is fitted by ``DiffusionAnalyzer`` of pymatgen-analysis-diffusion (Ong et al., Energy Environ. Sci. 6, 148, 2013). The
error that it reports is that of a line through independent points. The points of one trajectory are correlated, so on
random walks this error is a hundred times too small. The spread here follows from the number of hops, as measured by
He, Zhu and Mo, npj Comput. Mater. 4, 18 (2018) on conductors with interacting ions; on independent random walks it is
two to three times too wide. It is never below the scatter of N free walkers, 0.75/√N. Displacements are relative to the
mean displacement of the framework.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...gen.crystal import Crystal
from .diffusion_statistics import diffusivity_of, relative_spread
from .molecular_dynamics import Trajectory
from .supercells import width

MOBILE = 3
LONGEST_HOP = 4.0  # Å
LONGEST_LAG = 0.7  # of the trajectory: He, Zhu and Mo
FIRST_LAG = 1.0  # ps, during which the analyzer expects vibrations only
SHORTEST = 2.0  # ps, shortest trajectory with enough lags for a line
AVERAGED = 0.5  # ps over which positions are averaged, a few vibrations
RULE_OF_THREE = 3.0  # events of a Poisson process; the probability to see none is 1/20


@dataclass(frozen=True)
class Walk:
    """Motion of Li⁺ and of the framework in a trajectory.

    symbol       meaning                                                                       unit
    diffusivity  D                                                                             cm²/s
    spread       σ                                                                             cm²/s
    bound        upper bound of D if no hop is seen: the value that gives three hops           cm²/s
    msd          mean square displacement of Li⁺ over the longest lag of the fit               Å²
    moved        root mean square distance of Li⁺ from start to end, vibrations averaged out   Å
    hop          a                                                                             Å
    hops         N_eff
    hopped       number of Li⁺ that were ever more than half a hop from their start
    framework    root mean square distance from start to end, for each other element           Å
    """

    diffusivity: float
    spread: float
    bound: float
    msd: float
    moved: float
    hop: float
    hops: float
    hopped: int
    framework: dict[str, float]

    @property
    def is_seen(self) -> bool:
        """Whether the diffusivity is above its bound: ions hop, and not only back and forth."""
        return self.hopped > 0 and self.diffusivity > self.bound


def walk(trajectory: Trajectory) -> Walk:
    """The walk of a trajectory of at least ``SHORTEST`` with Li⁺ and other atoms."""
    from pymatgen.analysis.diffusion.analyzer import DiffusionAnalyzer

    crystal = trajectory.crystal
    lithium = crystal.atomic_numbers == MOBILE
    number = int(lithium.sum())
    fit = DiffusionAnalyzer(
        crystal.structure, trajectory.displacements, "Li", trajectory.temperature, trajectory.interval, 1,
        smoothed="max", min_obs=math.ceil(number / LONGEST_LAG),
    )  # fmt: skip
    drift = trajectory.displacements[~lithium].mean(0)
    places = averaged(trajectory.displacements - drift, round(1000 * AVERAGED / trajectory.interval))
    ways = np.sqrt(((places - places[:, :1]) ** 2).sum(-1))
    hop = hop_length(crystal)
    hops = number * float(fit.msd.max()) / hop**2
    diffusivity = float(fit.diffusivity)
    return Walk(
        diffusivity=diffusivity,
        spread=diffusivity * relative_spread(hops, number),
        bound=diffusivity_of(RULE_OF_THREE, number, hop, trajectory.picoseconds),
        msd=float(fit.msd[-1]),
        moved=_rms(ways[lithium, -1]),
        hop=hop,
        hops=hops,
        hopped=int((ways[lithium] > hop / 2).any(1).sum()),
        framework=_by_element(crystal, ways[:, -1]),
    )


def hop_length(crystal: Crystal) -> float:
    """Mean distance of a Li⁺ to the next one, Å, at most ``LONGEST_HOP``."""
    from pymatgen.core import Lattice

    coords = crystal.frac_coords[crystal.atomic_numbers == MOBILE]
    apart = Lattice(crystal.lattice).get_all_distances(coords, coords)
    np.fill_diagonal(apart, width(crystal.lattice))  # its own images
    return float(np.minimum(apart.min(1), LONGEST_HOP).mean())


def averaged(places: NDArray[np.float64], samples: int) -> NDArray[np.float64]:
    """Positions (n, m, 3) averaged over blocks of ``samples`` samples; an incomplete last block is not used."""
    blocks = places.shape[1] // samples
    return places[:, : blocks * samples].reshape(len(places), blocks, samples, 3).mean(2)


def _by_element(crystal: Crystal, ways: NDArray[np.float64]) -> dict[str, float]:
    from pymatgen.core import Element

    numbers = [int(z) for z in np.unique(crystal.atomic_numbers) if z != MOBILE]
    return {Element.from_Z(z).symbol: _rms(ways[crystal.atomic_numbers == z]) for z in numbers}


def _rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt((values**2).mean()))
