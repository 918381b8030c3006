"""Average of the weights of several skeleton networks that started from the same ones.

The average lies nearer to the middle of the valley that the runs share and generalises better than any of them
(Izmailov et al., UAI 2018; Wortsman et al., ICML 2022).

``python -m electrolith.gen.training.average_weights OUT.safetensors FILE=SHARE FILE=SHARE …``
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from ..cell_limits import largest_cell
from ..errors import UserError, shown
from ..skeleton.atom_counts import grown
from ..weight_files import load_weights, save_weights
from ..weight_header import COLUMNS, metadata, scheme_of_weights


def average_weights(shares: Mapping[Path, float], out: Path) -> None:
    """Writes the weighted mean of skeleton networks; those for smaller cells are grown to the largest first.

    ``shares`` are positive and sum to 1. The columns and the scheme of energies are those of the last file. Raises
    ``UserError`` for networks of other sizes.
    """
    if not shares or min(shares.values()) <= 0 or abs(sum(shares.values()) - 1) > 1e-6:
        raise UserError(f"the shares of the weights are positive and sum to 1, not {list(shares.values())}.")
    loaded = {path: load_weights(path) for path in shares}
    _, largest = max(loaded.values(), key=lambda one: largest_cell(one[1]))
    mean: dict[str, Tensor] = {}
    for path, (tensors, size) in loaded.items():
        if size | {"atoms": 0} != largest | {"atoms": 0}:
            raise UserError(f"{path} holds a network of {shown(size)}, another file one of {shown(largest)}.")
        known, room = largest_cell(size), largest_cell(largest)
        state = grown(tensors, known, room) if known < room else tensors
        for name, tensor in state.items():
            mean[name] = mean.get(name, torch.zeros_like(tensor)) + shares[path] * tensor
    last = list(shares)[-1]
    save_weights(mean, out, largest, json.loads(metadata(last).get(COLUMNS, "[]")), scheme_of_weights(last))


if __name__ == "__main__":
    pairs = [argument.rpartition("=") for argument in sys.argv[2:]]
    average_weights({Path(file): float(share) for file, _, share in pairs}, Path(sys.argv[1]))
