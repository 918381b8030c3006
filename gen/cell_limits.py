"""Largest primitive cells, in atoms, for which the models can be used."""

from collections.abc import Mapping

MAX_ATOMS = 200  # of the largest cells that can be generated; the weights say which of them they know
MAX_TRAINED_ATOMS = 52  # of the largest crystals from which weights without a size of cells have learned
OLD_ROOM = 64  # atoms for which networks without a size of cells have room
MAX_PREDICTED_ATOMS = 400  # of the largest crystals whose properties are predicted: seconds of one core


def largest_cell(size: Mapping[str, int]) -> int:
    """Atoms of the largest cells from which a skeleton network of these sizes has learned."""
    return size.get("atoms", 0) if size.get("atoms", 0) > OLD_ROOM else MAX_TRAINED_ATOMS
