"""Folders of weights by name or path, and the SHA-256 of their files; this module does not import torch."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .errors import UserError

FOLDER = Path(__file__).with_name("weights")
DEFAULT_FOLDER = FOLDER / "default"  # weights of the package
HASHES = "SHA256SUMS"
MODELS = ("skeleton.safetensors", "geometry.safetensors")  # a folder with one of these is a checkpoint


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
