"""The cell of a CIF block: six numbers as lattice vectors."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .cif_blocks import CifBlock
from .cif_faults import CifFault
from .cif_numbers import number_of

LENGTHS = ("_cell_length_a", "_cell_length_b", "_cell_length_c")
ANGLES = ("_cell_angle_alpha", "_cell_angle_beta", "_cell_angle_gamma")
LEAST_SPACING = 0.5  # Å, between lattice planes; the cell of the smallest crystals has more than 1 Å
GREATEST_LENGTH = 10_000.0  # Å


def lattice_of(block: CifBlock) -> tuple[NDArray[np.float64], list[str]]:
    """Lattice vectors as rows, (3, 3) in Å, c along z and a in the xz plane, and remarks on angles that are not given.

    Raises ``CifFault`` if a length is missing, or if the numbers do not make a cell.
    """
    lengths = [_number(block, tag, "") for tag in LENGTHS]
    angles = [_number(block, tag, "90") for tag in ANGLES]
    missing = [tag for tag in ANGLES if block.value(tag) is None]
    remarks = [f"The cell does not give {', '.join(missing)}: 90° is assumed."] if missing else []
    words = " ".join(f"{x:g}" for x in (*lengths, *angles))
    if min(lengths) <= 0 or max(lengths) > GREATEST_LENGTH:
        raise CifFault(f"the cell {words} has a length that is not between 0 and {GREATEST_LENGTH:,.0f} Å")
    if not all(0 < angle < 180 for angle in angles):
        raise CifFault(f"the cell {words} has an angle that is not between 0 and 180°")
    a, b, c = lengths
    alpha, beta, gamma = np.radians(angles)
    cosine = (math.cos(alpha) * math.cos(beta) - math.cos(gamma)) / (math.sin(alpha) * math.sin(beta))
    if abs(cosine) >= 1:
        raise CifFault(f"the cell {words} has angles that make no cell")
    gamma_star = math.acos(cosine)
    lattice = np.array(
        [
            [a * math.sin(beta), 0.0, a * math.cos(beta)],
            [-b * math.sin(alpha) * cosine, b * math.sin(alpha) * math.sin(gamma_star), b * math.cos(alpha)],
            [0.0, 0.0, c],
        ]
    )
    if 1 / np.linalg.norm(np.linalg.inv(lattice), axis=0).max() < LEAST_SPACING:
        raise CifFault(f"the cell {words} is flat: its lattice planes are less than {LEAST_SPACING} Å apart")
    return lattice, remarks


def _number(block: CifBlock, tag: str, default: str) -> float:
    text = block.value(tag) or default
    if not text:
        raise CifFault(f"it holds no cell (no {tag})")
    return number_of(text, tag)
