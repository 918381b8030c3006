"""Noise levels and preconditioning of the geometry's diffusion, in the notation of Karras et al. (EDM, NeurIPS 2022).

Sites have wrapped normal noise on their free parameters, cells normal noise on standardised lattice coordinates. Both
are variance-exploding, σ(t) = σ_min (σ_max / σ_min)ᵗ, and share one time t in [0, 1]. The σ_min and σ_max below define
the shipped weights: a model that was trained with other values needs other weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

SITE_SIGMA_MIN = 0.005  # Å
SITE_SIGMA_MAX = 0.35  # of the longest edge of the reference cell
CELL_SIGMA_MIN, CELL_SIGMA_MAX = 0.005, 10.0  # of standardised lattice coordinates
SITE_SIGMA_UNIT = 10.0  # Å: noise on sites at which their c_noise is 1


@dataclass(frozen=True, eq=False)
class Levels:
    """Noise levels of a batch.

    symbol      meaning                                     shape, unit
    t           time, 0 is clean and 1 is the prior         (B,)
    sigma_site  noise on sites, in the reference cell       (B,), Å
    sigma_cell  noise on standardised lattice coordinates   (B,)
    """

    t: Tensor
    sigma_site: Tensor
    sigma_cell: Tensor


def noise_levels(reference: Tensor, t: Tensor) -> Levels:
    """Noise levels at times t (B,), given the reference cells (B, 3, 3) in Å."""
    site_sigma_max = SITE_SIGMA_MAX * reference.norm(dim=2).amax(1)
    sigma_site = SITE_SIGMA_MIN * (site_sigma_max / SITE_SIGMA_MIN).pow(t)
    return Levels(t, sigma_site, CELL_SIGMA_MIN * (CELL_SIGMA_MAX / CELL_SIGMA_MIN) ** t)


@dataclass(frozen=True, eq=False)
class Preconditioning:
    """Coefficients of D(x; σ) = c_skip x + c_out F(c_in x; c_noise) with σ_data = 1 (EDM, table 1).

    symbol     meaning                                                                  shape
    c_in       scale of the noisy cell before the network, as its inverse √(σ² + 1)      (B, 1)
    c_skip     share of the noisy cell in the denoised one, as its inverse σ² + 1        (B, 1)
    c_out      scale of the network's output, σ / √(σ² + 1)                             (B, 1)
    c_noise    time, and logarithm of the noise on sites scaled to about [0, 1]          (B, 2)

    The inverses are kept because the shipped weights were trained with divisions by them.
    """

    inverse_c_in: Tensor
    inverse_c_skip: Tensor
    c_out: Tensor
    c_noise: Tensor

    @classmethod
    def at(cls, levels: Levels) -> Preconditioning:
        """The coefficients at noise levels."""
        inverse_c_in = noisy_cell_width(levels)
        log_sigma = (levels.sigma_site / SITE_SIGMA_MIN).log() / math.log(SITE_SIGMA_UNIT / SITE_SIGMA_MIN)
        return cls(
            inverse_c_in=inverse_c_in,
            inverse_c_skip=inverse_c_in.square(),
            c_out=levels.sigma_cell[:, None] / inverse_c_in,
            c_noise=torch.stack([levels.t, log_sigma], 1),
        )


def noisy_cell_width(levels: Levels) -> Tensor:
    """Standard deviation √(σ² + σ_data²) of noisy cells, (B, 1)."""
    return (1 + levels.sigma_cell.square()).sqrt()[:, None]


def cell_loss_weight(levels: Levels) -> Tensor:
    """Weight λ(σ) = (σ² + σ_data²) / (σ σ_data)² of the squared error of cells, (B,) (EDM, table 1)."""
    return (levels.sigma_cell.square() + 1) / levels.sigma_cell.square()
