"""The files of crystals in a folder, and those that are not read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import UserError
from .file_kinds import CONTAINERS, TABLES, is_of_system, kind_of, name_within
from .json_reader import may_hold_structures
from .source import Source

CIFS = "cifs"  # where generate and screen write crystals
WRITTEN_BY_RUNS = (  # files of our own runs, of which nobody expects crystals
    "run.yaml", "crystals.csv", "rejected.csv", "generated_crystals_cif.zip", "generated_crystals.extxyz",
    "screen.yaml", "candidates.csv", "report.html", "manifest.json",
)  # fmt: skip


def sources_of(folder: Path) -> tuple[list[Source], tuple[str, ...]]:
    """The files of crystals, in the order of their names, and the paths in the folder that are not read.

    The files are those in the folder itself; if there are none, those in ``cifs/``; if there are none, those at any
    depth. Raises ``UserError`` when the folder holds none.
    """
    for path in (folder, folder / CIFS):
        sources, others = _among(folder, _in(path)) if path.is_dir() else ([], [])
        if sources:
            beside = [] if path == folder else _among(folder, _in(folder))[1]
            return sources, _shown(folder, [*others, *(one for one in beside if one != path)])
    sources, others = _among(folder, _at_any_depth(folder))
    if sources:
        return sources, _shown(folder, others)
    shown = ", ".join(_shown(folder, others)[:3])
    raise UserError(
        f"{folder} holds no CIFs or other files of crystals (POSCAR, extxyz, pymatgen JSON)."
        + (f" It holds {shown}{', …' if len(others) > 3 else ''}." if shown else "")
        + " Give a CSV or a zip by its own path." * any(kind_of(one.name)[0] in _BY_PATH for one in others)
    )


_BY_PATH = (*TABLES, *CONTAINERS)


def _among(folder: Path, paths: Iterator[Path]) -> tuple[list[Source], list[Path]]:
    sources, others = [], []
    for path in paths:
        kind, stem = kind_of(path.name)
        is_crystals = kind not in ("", *_BY_PATH) and path.name not in WRITTEN_BY_RUNS and _is_file(path)
        source = Source.of(path, kind, name_within(path.relative_to(folder), stem)) if is_crystals else None
        if source is not None and (kind != "json" or may_hold_structures(source)):
            sources.append(source)
        else:
            others.append(path)
    return sources, others


def _in(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(path for path in folder.iterdir() if not is_of_system(path.name))
    except OSError as error:
        raise UserError(f"{folder} cannot be read: {error.strerror}.") from error


def _at_any_depth(folder: Path) -> Iterator[Path]:
    found = []
    for where, folders, files in os.walk(folder):  # does not follow links to folders, which may lead in circles
        folders[:] = sorted(name for name in folders if not is_of_system(name))
        found += [Path(where, name) for name in files if not is_of_system(name)]
    yield from sorted(found)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _shown(folder: Path, paths: list[Path]) -> tuple[str, ...]:
    """The paths as text, without the files of our own runs; a folder ends in a slash."""
    mentioned = (path for path in paths if path.name not in WRITTEN_BY_RUNS)
    return tuple(f"{path.relative_to(folder)}{'/' if path.is_dir() else ''}" for path in mentioned)
