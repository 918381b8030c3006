"""Weight files: safetensors with the sizes of the network in the metadata and a SHA-256 beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from .errors import UserError

FOLDER = Path(__file__).with_name("weights")
DEFAULT_FOLDER = FOLDER / "default"  # weights of the package
HASHES = "SHA256SUMS"
COLUMNS = "columns"  # key of the metadata: names of the properties that the network knows, in its order
MODELS = ("skeleton.safetensors", "geometry.safetensors")  # a folder with one of these is a checkpoint


def save_weights(
    model: nn.Module | Mapping[str, Tensor], path: Path, size: Mapping[str, int], columns: Sequence[str]
) -> None:
    """Writes the state of a model, the sizes of its network, and the names of the properties in its columns."""
    state = model.state_dict() if isinstance(model, nn.Module) else model
    tensors = {k: v.detach().contiguous().cpu() for k, v in state.items()}
    save_file(tensors, path, metadata={"size": json.dumps(dict(size)), COLUMNS: json.dumps(list(columns))})


def load_weights(path: Path, device: str = "cpu") -> tuple[dict[str, Tensor], dict[str, int]]:
    """Tensors of a weight file and sizes of its network; the hash is checked where it is recorded beside the file.

    Raises ``UserError`` for a file that is missing or damaged.
    """
    if not path.exists():
        raise UserError(f"there is no weight file {path}.")
    expected = hashes(path.parent).get(path.name)
    if expected is not None and sha256(path) != expected:
        raise UserError(f"the weight file {path} is damaged (its SHA-256 is not the recorded one): install again.")
    try:
        with safe_open(path, "pt", device=device) as file:
            size = json.loads((file.metadata() or {})["size"])
            return {name: file.get_tensor(name) for name in file.keys()}, size  # noqa: SIM118  not a dict
    except (SafetensorError, KeyError, json.JSONDecodeError) as error:
        raise UserError(f"the weight file {path} is damaged or of another kind: {error}") from error


def column_names(path: Path) -> tuple[str, ...] | None:
    """Names of the properties in the columns of a weight file's network; None for a file without names.

    Raises ``UserError`` for a damaged file.
    """
    try:
        with safe_open(path, "pt") as file:
            text = (file.metadata() or {}).get(COLUMNS)
        return None if text is None else tuple(map(str, json.loads(text)))
    except (SafetensorError, TypeError, json.JSONDecodeError) as error:
        raise UserError(f"the weight file {path} is damaged or of another kind: {error}") from error


def sha256(path: Path) -> str:
    """Hash of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """Recorded hashes of the files in a folder of weights; empty when none are recorded."""
    record = folder / HASHES
    if not record.exists():
        return {}
    lines = (line.split() for line in record.read_text().splitlines() if line.strip())
    return {name: digest for digest, name in lines}


def folder_of(checkpoint: str | Path) -> Path:
    """The folder of a checkpoint given by name or path; raises ``UserError`` when there is none."""
    named = FOLDER / str(checkpoint)
    for folder in (named, Path(checkpoint)):
        if (folder / MODELS[0]).exists() or (folder / MODELS[1]).exists():
            return folder
    names = ", ".join(sorted(p.name for p in FOLDER.iterdir() if p.is_dir())) if FOLDER.exists() else "none"
    files = " and ".join(MODELS)
    raise UserError(
        f"there is no checkpoint {checkpoint}: name one of the package's ({names}) or a folder with {files}"
    )
