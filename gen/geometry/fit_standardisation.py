"""Fit of the standardisation to a training set: volumes of the elements, and usual shapes of cells."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..data.dataset import OrbitDataset
from ..elements import MAX_ELEMENT
from ..symmetry.lattice import FREE
from ..symmetry.wyckoff_tables import crystal_system, wyckoff_tables
from .standardisation import FIRST_VOLUME, Standardisation

FEWEST = 50  # fewest crystals of a class of cells for separate statistics
LEAST_WIDTH = 0.02  # of a lattice coordinate
HUBER_DELTA = 0.2  # of log volumes
PRIOR_WEIGHT = 1e-4  # pulls elements that hardly occur to the first volume


def fit_standardisation(standardisation: Standardisation, data: OrbitDataset) -> None:
    """Sets the buffers of a standardisation, in place, from a training set."""
    tables = wyckoff_tables()
    counts = np.zeros((len(data), MAX_ELEMENT + 1))
    np.add.at(counts, (data.owner, data.elements), tables.op_count[data.positions])
    atoms = counts.sum(1)
    volume = np.exp(data.lattice[:, 0] * math.sqrt(3)) / tables.cells[data.space_group] / atoms
    fractions = torch.tensor(counts / atoms[:, None])
    log_volumes = _element_log_volumes(fractions, torch.tensor(np.log(volume)))
    standardisation.element_volume.copy_(log_volumes.exp())
    predicted = (fractions @ log_volumes.exp()).log().numpy()
    shapes = data.lattice.copy()
    shapes[:, 0] = (np.log(volume) - predicted) / math.sqrt(3)
    mean, width = _cell_statistics(shapes, data.space_group)
    standardisation.cell_mean.copy_(torch.tensor(mean))
    standardisation.cell_width.copy_(torch.tensor(width))


def _element_log_volumes(fractions: torch.Tensor, log_volume: torch.Tensor) -> torch.Tensor:
    """Logarithms of the elements' volumes, by a robust fit to log volumes per atom (n,) of compositions (n, e)."""
    first = math.log(FIRST_VOLUME)
    log_volumes = torch.full((MAX_ELEMENT + 1,), first, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([log_volumes], max_iter=200, line_search_fn="strong_wolfe")

    def objective() -> torch.Tensor:
        optimiser.zero_grad()
        error = (fractions @ log_volumes.exp()).log() - log_volume
        value = torch.nn.functional.huber_loss(error, torch.zeros_like(error), delta=HUBER_DELTA)
        value = value + PRIOR_WEIGHT * (log_volumes - first).square().mean()
        value.backward()
        return value

    optimiser.step(objective)
    return log_volumes.detach()


def _cell_statistics(
    shapes: NDArray[np.float64], space_groups: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and width (231, 6) of lattice coordinates (n, 6) whose first is the log-volume residual."""
    mean, width = np.zeros((231, 6)), np.ones((231, 6))
    for group in range(1, 231):
        members = _same_kind_of_cell(space_groups, group)
        if not members.any():
            continue  # no cell of that kind: the reference stays a cube
        chosen = shapes[members]
        mean[group] = np.median(chosen, 0) * FREE[group]
        mean[group, 3:] = 0.0  # the sign of a shear depends on the description
        deviation = chosen - mean[group]
        # one width for the volume and one for all shapes: the tensors of the network do not depend on the axes
        width[group, 0] = max(deviation[:, 0].std(), LEAST_WIDTH)
        shape = FREE[group].copy()
        shape[0] = False
        if shape.any():
            width[group, 1:] = max(np.sqrt((deviation[:, shape] ** 2).mean()), LEAST_WIDTH)
    return mean, width


def _same_kind_of_cell(space_groups: NDArray[np.int64], group: int) -> NDArray[Any]:
    """Mask of crystals with the group's crystal system and centring; of its system alone if fewer than ``FEWEST``."""
    tables = wyckoff_tables()
    system = np.array([crystal_system(g) for g in range(1, 231)])
    same_system = np.concatenate([[False], system == crystal_system(group)])
    same = same_system & (tables.centring == tables.centring[group])
    own = same[space_groups]
    return own if own.sum() >= FEWEST else same_system[space_groups]
