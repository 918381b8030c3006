"""Weight files: safetensors with the sizes of the network in the metadata and a SHA-256 beside them.

A file of a stranger may be damaged or of another model in any way: every fault is a ``UserError`` of one line that
names the file, and no more memory is used than a network of the file's size needs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from .atomic import atomic_path
from .errors import UserError
from .weight_folders import hashes, sha256
from .weight_header import COLUMNS, ENERGIES, damaged, metadata

NAMED = 3  # tensors that a message names
Model = TypeVar("Model", bound=nn.Module)


def save_weights(
    model: nn.Module | Mapping[str, Tensor], path: Path, size: Mapping[str, int], columns: Sequence[str],
    energies: str = "",
) -> None:  # fmt: skip
    """Writes the state of a model, its sizes, the names of its columns, and the scheme of energies that it learnt."""
    state = model.state_dict() if isinstance(model, nn.Module) else model
    tensors = {k: v.detach().contiguous().cpu() for k, v in state.items()}
    with atomic_path(path) as part:
        known = {"size": json.dumps(dict(size)), COLUMNS: json.dumps(list(columns))}
        save_file(tensors, part, metadata=known | ({ENERGIES: energies} if energies else {}))


def load_model(path: Path, build: Callable[[Mapping[str, Tensor], Mapping[str, int]], Model]) -> Model:
    """The model in a weight file; ``build`` makes it, without its weights, from the tensors and sizes in the file.

    Raises ``UserError`` for a file that is missing or damaged or holds another model.
    """
    state, size = load_weights(path)
    try:
        model = build(state, size)
    except UserError:
        raise
    except Exception as error:  # sizes and shapes of another model fail in any way
        reason = (str(error).splitlines() or [""])[0][:100]
        raise UserError(f"the weight file {path} holds another model ({type(error).__name__}: {reason}).") from error
    fill(model, state, path)
    return model


def fill(model: nn.Module, state: Mapping[str, Tensor], path: Path) -> None:
    """Copies the tensors of the weight file ``path`` into a model.

    Raises ``UserError`` unless names, shapes and types of the tensors are those of the model.
    """
    needed = model.state_dict()
    faults = {
        "it lacks": [name for name in needed if name not in state],
        "it has besides": [name for name in state if name not in needed],
        "the shape is another one for": [n for n, t in state.items() if n in needed and t.shape != needed[n].shape],
        "the type of number is another one for": [
            name for name, tensor in state.items() if name in needed and tensor.dtype != needed[name].dtype
        ],
    }
    for what, names in faults.items():
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            listed = ", ".join(name[:60] for name in names[:NAMED])
            raise UserError(f"the weight file {path} holds another model: {what} {listed}{more}.")
    model.load_state_dict(state)


def load_weights(path: Path, device: str = "cpu") -> tuple[dict[str, Tensor], dict[str, int]]:
    """Tensors of a weight file and sizes of its network; the hash is checked where it is recorded beside the file.

    Raises ``UserError`` for a file that is missing or damaged.
    """
    if not path.is_file():
        raise UserError(f"there is no weight file {path}.")
    expected = hashes(path.parent).get(path.name)
    if expected is not None and sha256(path) != expected:
        raise UserError(f"the weight file {path} is damaged (its SHA-256 is not the recorded one): install again.")
    try:
        size = _sizes(metadata(path).get("size"))
        with safe_open(path, "pt", device=device) as file:
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a dict
    except (SafetensorError, OSError, ValueError, RuntimeError, RecursionError) as error:
        raise damaged(path, error) from error
    _require_numbers(state, path)
    widest, deepest = max(size.values(), default=1), size.get("layers", 1)
    if widest**2 * deepest > 4 * sum(tensor.numel() for tensor in state.values()):
        raise UserError(f"the weight file {path} is damaged: it is too small for a network of its sizes, {size}.")
    return state, size


def _sizes(text: str | None) -> dict[str, int]:
    """The sizes of a network from their JSON. Raises ``ValueError``."""
    if text is None:
        raise ValueError("it does not say the sizes of its network")
    sizes = json.loads(text)
    whole = isinstance(sizes, dict) and all(type(value) is int and 0 <= value < 2**20 for value in sizes.values())
    if not whole:
        raise ValueError("the sizes of its network are not whole numbers by name")
    return dict(sizes)


def _require_numbers(state: Mapping[str, Tensor], path: Path) -> None:
    for name, tensor in state.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise UserError(f"the weight file {path} is damaged: {name[:60]} holds numbers that are not finite.")
