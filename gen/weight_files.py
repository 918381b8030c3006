"""Weight files: safetensors with the sizes of the network in the metadata and a SHA-256 beside them.

A file of a stranger may be damaged or of another model in any way: every fault is a ``UserError`` of one line that
names the file, and no more memory is used than a network of the file's size needs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from .errors import UserError
from .whole_file import whole_file

FOLDER = Path(__file__).with_name("weights")
DEFAULT_FOLDER = FOLDER / "default"  # weights of the package
HASHES = "SHA256SUMS"
COLUMNS = "columns"  # key of the metadata: names of the properties that the network knows, in its order
LARGEST_FILE = 2**30  # bytes
LARGEST_HEADER = 2**23  # bytes
NAMED = 3  # tensors that a message names
Model = TypeVar("Model", bound=nn.Module)
MODELS = ("skeleton.safetensors", "geometry.safetensors")  # a folder with one of these is a checkpoint


def save_weights(
    model: nn.Module | Mapping[str, Tensor], path: Path, size: Mapping[str, int], columns: Sequence[str]
) -> None:
    """Writes the state of a model, the sizes of its network, and the names of the properties in its columns."""
    state = model.state_dict() if isinstance(model, nn.Module) else model
    tensors = {k: v.detach().contiguous().cpu() for k, v in state.items()}
    with whole_file(path) as part:
        save_file(tensors, part, metadata={"size": json.dumps(dict(size)), COLUMNS: json.dumps(list(columns))})


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
        size = _sizes(_metadata(path).get("size"))
        with safe_open(path, "pt", device=device) as file:
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a dict
    except (SafetensorError, OSError, ValueError, RuntimeError, RecursionError) as error:
        raise _damaged(path, error) from error
    _require_numbers(state, path)
    widest, deepest = max(size.values(), default=1), size.get("layers", 1)
    if widest**2 * deepest > 4 * sum(tensor.numel() for tensor in state.values()):
        raise UserError(f"the weight file {path} is damaged: it is too small for a network of its sizes, {size}.")
    return state, size


def _damaged(path: Path, error: Exception) -> UserError:
    reason = (str(error).splitlines() or [type(error).__name__])[0][:120].rstrip(".")
    return UserError(f"the weight file {path} is damaged or of another kind: {reason}.")


def _metadata(path: Path) -> dict[str, Any]:
    """The metadata in the header. Raises ``ValueError``, ``OSError`` and ``SafetensorError``."""
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"it is larger than {LARGEST_FILE // 2**20} MB")
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
    if length > LARGEST_HEADER:
        raise ValueError("its header is too large for safetensors of electrolith")
    with safe_open(path, "pt") as opened:
        return dict(opened.metadata() or {})


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


def column_names(path: Path) -> tuple[str, ...] | None:
    """Names of the properties in the columns of a weight file's network; None for a file without names.

    Raises ``UserError`` for a damaged file.
    """
    try:
        text = _metadata(path).get(COLUMNS)
        names = None if text is None else json.loads(text)
    except (SafetensorError, OSError, ValueError, RecursionError) as error:
        raise _damaged(path, error) from error
    if names is not None and not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise UserError(f"the weight file {path} is damaged: the names of its columns are not a list of texts.")
    return None if names is None else tuple(names)


def sha256(path: Path) -> str:
    """Hash of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """Recorded hashes of the files in a folder of weights; empty when none are recorded. Raises ``UserError``."""
    record = folder / HASHES
    if not record.exists():
        return {}
    try:
        lines = [line.split(maxsplit=1) for line in record.read_text(encoding="utf-8").splitlines() if line.strip()]
        return {name.lstrip("*"): digest for digest, name in lines}
    except (OSError, ValueError) as error:
        raise UserError(f"{record} is damaged: it has one hash and one file name a line.") from error


def folder_of(checkpoint: str | Path) -> Path:
    """The folder of a checkpoint given by name or path; raises ``UserError`` when there is none."""
    for folder in (FOLDER / str(checkpoint), Path(checkpoint)):
        try:
            if (folder / MODELS[0]).exists() or (folder / MODELS[1]).exists():
                return folder
        except (OSError, ValueError):  # a name that is too long, or not one
            break
    names = ", ".join(sorted(p.name for p in FOLDER.iterdir() if p.is_dir())) if FOLDER.exists() else "none"
    files = " and ".join(MODELS)
    raise UserError(
        f"there is no checkpoint {str(checkpoint)[:200]}: name one of the package's ({names}) or a folder with {files}."
    )
