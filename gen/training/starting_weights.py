"""The weights from which a training starts, read from a weight file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import lightning
from torch import nn

from ..cell_limits import OLD_ROOM, largest_cell
from ..errors import UserError, shown
from ..skeleton.atom_counts import grown
from ..skeleton.skeleton_network import SkeletonSize
from ..weight_files import fill, load_weights
from .train_structure_surrogate import StructureSurrogateTraining
from .training_settings import TrainingSettings


def load_starting_weights(module: lightning.LightningModule, path: Path, settings: TrainingSettings) -> None:
    """Loads the weights of ``path`` into the model of a training module.

    A structure surrogate may start from a geometry model, whose network is its trunk, and a skeleton model from one for
    smaller cells. Raises ``UserError`` for weights of another size or model.
    """
    state, size = load_weights(path)
    if isinstance(settings.size, SkeletonSize) and settings.size.atoms > size.get("atoms", OLD_ROOM):
        state, size = grown(state, largest_cell(size), settings.size.atoms), size | {"atoms": settings.size.atoms}
    if not _is_size(settings.size, size):
        raise UserError(f"{path} holds a network of {shown(size)}, the settings ask for {asdict(settings.size)}.")
    model: nn.Module = module.get_submodule("model")
    if isinstance(module, StructureSurrogateTraining) and any(key.startswith("network.") for key in state):
        model = module.model.trunk
        state = {k.removeprefix("network."): v for k, v in state.items() if k.startswith("network.")}
    fill(model, state, path)


def _is_size(asked: Any, found: Mapping[str, int]) -> bool:
    """Whether the sizes in a weight file, with the default for those that it lacks, are the ones asked for."""
    known = {one.name for one in fields(asked)}
    return known.issuperset(found) and type(asked)(**found) == asked
