"""Protection of inputs: an output that is, holds or lies inside an input is refused before anything is touched."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..gen.errors import UserError

Identity = tuple[int, int]  # device and number of a file: the same for links, ``.``, ``..`` and names in another case


def refuse_folder_of_inputs(out: Path, inputs: Iterable[str | Path]) -> None:
    """Raises ``UserError`` if the folder ``out`` is, holds or lies inside one of ``inputs``, whatever the links.

    Links inside a folder of inputs are followed. An input that does not exist is ignored.
    """
    above = _identities_above(out)
    for given, path in _files_of(inputs):
        identity = _identity(path)
        if identity is None:
            continue
        if above[:1] == [identity]:
            raise UserError(f"the output {out} is the input {given}: give another -o.")
        if _identity(out) in _identities_above(path)[1:]:
            raise UserError(f"the output {out} holds the input {given}: give another -o.")
        if path.is_dir() and identity in above:
            raise UserError(f"the output {out} lies inside the input {given}: give another -o.")


def refuse_file_of_inputs(out: Path, inputs: Iterable[str | Path], option: str = "-o") -> None:
    """Raises ``UserError`` if the file ``out`` is one of ``inputs``, or a file that a folder of inputs links to."""
    identity = _identity(out)
    for given, path in _files_of(inputs):
        if identity is not None and identity == _identity(path):
            raise UserError(f"the output {out} is the input {given}: give another {option}.")


def _files_of(inputs: Iterable[str | Path]) -> Iterator[tuple[str | Path, Path]]:
    """Each input with its real path, and with the real path of each link inside a folder."""
    for given in inputs:
        path = Path(os.path.realpath(given))
        yield given, path
        if path.is_dir():
            yield from ((given, Path(os.path.realpath(link))) for link in _links(path))


def _links(folder: Path) -> Iterator[str]:
    """Links in a folder at any depth. The entries of folders are not opened, which is quick for 100,000 files."""
    folders = [str(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_symlink():
                        yield entry.path
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except OSError:  # the reader of the input reports it
            continue


def _identities_above(path: Path) -> list[Identity]:
    """Identities of the real path and of the folders above it, the closest first, without those that do not exist.

    The first is that of ``path`` itself only if it exists; ``(-1, -1)`` stands for a path that does not.
    """
    real = Path(os.path.realpath(path))
    return [_identity(one) or (-1, -1) for one in (real, *real.parents)]


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
