"""Header of a weight file: the metadata of safetensors, read without torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .errors import UserError

COLUMNS = "columns"  # key of the metadata: names of the properties that the network knows, in its order
ENERGIES = "energies"  # key of the metadata: the scheme of the energies that the network learnt from
LARGEST_FILE = 2**30  # bytes
LARGEST_HEADER = 2**23  # bytes


def damaged(path: Path, error: Exception) -> UserError:
    """The error for a damaged weight file."""
    reason = (str(error).splitlines() or [type(error).__name__])[0][:120].rstrip(".")
    return UserError(f"the weight file {path} is damaged or of another kind: {reason}.")


def metadata(path: Path) -> dict[str, Any]:
    """The metadata in the header. Raises ``ValueError``, ``RecursionError`` and ``OSError`` for a damaged file."""
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"it is larger than {LARGEST_FILE // 2**20} MB")
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > LARGEST_HEADER:
            raise ValueError("its header is too large for safetensors of electrolith")
        header = json.loads(file.read(length))
    found = header.get("__metadata__", {}) if isinstance(header, dict) else None
    if not isinstance(found, dict):
        raise ValueError("its header is not that of safetensors")  # noqa: TRY004  a fault of the file
    return found


def column_names(path: Path) -> tuple[str, ...] | None:
    """Names of the properties in the columns of a weight file's network; None for a file without names.

    Raises ``UserError`` for a damaged file.
    """
    try:
        text = metadata(path).get(COLUMNS)
        names = None if text is None else json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(path, error) from error
    if names is not None and not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise UserError(f"the weight file {path} is damaged: the names of its columns are not a list of texts.")
    return None if names is None else tuple(names)


def scheme_of_weights(path: Path) -> str:
    """Scheme of the energies that the network in a weight file learnt from; empty if the file does not say it.

    Raises ``UserError`` for a damaged file.
    """
    try:
        return str(metadata(path).get(ENERGIES, ""))
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(path, error) from error
