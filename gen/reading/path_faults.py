"""Faults of a path that show without its content. The libraries that read crystals are not needed to find them."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from ..errors import UserError, did_you_mean
from ..formula_text import looks_like_formula
from .file_kinds import FORMATS, kind_of

MOST_BESIDE = 10_000  # names beside a missing path among which similar ones are looked for


def refuse_faulty_path(path: Path) -> None:
    """Raises ``UserError`` for a path that does not exist, an empty file, or a file of an unknown format."""
    try:
        if not path.exists():
            raise missing_path(path)
        if path.is_dir():
            return
        if not path.is_file():
            raise UserError(f"{path} is neither a file nor a folder.")
        if path.stat().st_size == 0:
            raise UserError(f"{path} is empty.")
    except (OSError, ValueError) as error:
        raise UserError(f"{str(path)[:200]} cannot be read: {getattr(error, 'strerror', error)}.") from error
    if not kind_of(path.name)[0]:
        raise UserError(f"{path} has an unknown format: give {FORMATS}.")


def missing_path(path: Path) -> UserError:
    """The error for a path that does not exist: it may be a formula, or a misspelt name."""
    text, hint = str(path)[:200], names_beside(path)
    if not hint and not text.islower() and looks_like_formula(text):
        return UserError(
            f"{text} is a formula. Crystals are needed: give a file (CIF, POSCAR, extxyz …) or a folder, not a formula."
        )
    return UserError(f"{text} does not exist.{hint}")


def names_beside(path: Path) -> str:
    """The text `` Did you mean …?`` with names of files and folders beside a missing path, or nothing."""
    try:
        with os.scandir(path.parent) as entries:
            return did_you_mean(path.name, sorted(entry.name for entry in islice(entries, MOST_BESIDE)))
    except (OSError, ValueError):  # there is no such folder
        return ""
