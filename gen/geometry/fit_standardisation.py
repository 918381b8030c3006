"""Fits the process's constants to data: element volumes and the usual shapes of cells."""

from __future__ import annotations

import math

import numpy as np
import torch

from ..data.dataset import OrbitDataset
from ..elements import MAX_ELEMENT
from ..symmetry.lattice import FREE
from ..symmetry.wyckoff_tables import crystal_system, wyckoff_tables
from .noise import Process

FEWEST = 50  # crystals that a class of cells needs for statistics of its own


def fit_process(process: Process, data: OrbitDataset) -> None:
    """Sets the process's buffers in place from a training set."""
    tables = wyckoff_tables()
    n = len(data)
    counts = np.zeros((n, MAX_ELEMENT + 1))
    np.add.at(counts, (data.owner, data.elements), tables.op_count[data.positions])
    atoms = counts.sum(1)
    volume = np.exp(data.lattice[:, 0] * math.sqrt(3)) / tables.cells[data.space_group] / atoms
    fractions = torch.tensor(counts / atoms[:, None])
    target = torch.tensor(np.log(volume))
    log_volumes = torch.full((MAX_ELEMENT + 1,), math.log(15.0), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([log_volumes], max_iter=200, line_search_fn="strong_wolfe")

    def objective() -> torch.Tensor:
        optimiser.zero_grad()
        error = (fractions @ log_volumes.exp()).log() - target
        value = torch.nn.functional.huber_loss(error, torch.zeros_like(error), delta=0.2)
        value = value + 1e-4 * (log_volumes - math.log(15.0)).square().mean()
        value.backward()
        return value

    optimiser.step(objective)
    process.element_volume.copy_(log_volumes.detach().exp())
    predicted = (fractions @ log_volumes.detach().exp()).log().numpy()
    residual = (np.log(volume) - predicted) / math.sqrt(3)
    shapes = data.lattice.copy()
    shapes[:, 0] = residual
    mean, width = np.zeros((231, 6)), np.ones((231, 6))
    for group in range(1, 231):
        members = _like(data.space_group, group)
        if not members.any():
            continue  # no cell of that kind: the reference stays a cube
        chosen = shapes[members]
        mean[group] = np.median(chosen, 0) * FREE[group]
        mean[group, 3:] = 0.0  # the sign of a shear is a matter of description
        deviation = chosen - mean[group]
        # one width for volume and one for all shapes: the network's tensors know no axes
        width[group, 0] = max(deviation[:, 0].std(), 0.02)
        shape = FREE[group].copy()
        shape[0] = False
        if shape.any():
            width[group, 1:] = max(np.sqrt((deviation[:, shape] ** 2).mean()), 0.02)
    process.cell_mean.copy_(torch.tensor(mean))
    process.cell_width.copy_(torch.tensor(width))


def _like(space_groups: np.ndarray, group: int) -> np.ndarray:
    """Mask of crystals with cells of the group's kind: same system and centring, or same system if those are few."""
    tables = wyckoff_tables()
    system = np.array([crystal_system(g) for g in range(1, 231)])
    same_system = np.concatenate([[False], system == crystal_system(group)])
    same = same_system & (tables.centring == tables.centring[group])
    own = same[space_groups]
    return own if own.sum() >= FEWEST else same_system[space_groups]
