"""The files in a zip or a tar. Nothing is written to the disk, so the paths in an archive are harmless."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from tarfile import TarInfo
from typing import BinaryIO, cast

from ..errors import UserError
from .cif_reader import first_line
from .file_kinds import CONTAINERS, FORMATS, TABLES, is_of_system, kind_of, name_within
from .json_reader import may_hold_structures
from .source import LARGEST_ENTRY, Source, TooLarge, in_units
from .tar_members import Tar, members_until_fault

STREAMED = ("extxyz", "csv")  # read entry by entry: the whole may be large


def members_of(path: Path, kind: str) -> tuple[list[Source], tuple[str, ...]]:
    """The files of the archive (of a zip, in the order of their names), and the names of files that are not read.

    Two files of one name are two sources. Tables are read where there is nothing else. A tar that is damaged behind
    its first files has its fault as the last source. Raises ``UserError`` for a damaged archive, and for one without
    crystals.
    """
    try:
        found, fault = (_zip(path), "") if kind == "zip" else _tar(path)
    except Exception as error:  # zipfile and tarfile have many: BadZipFile, ReadError, EOFError, zlib.error, …
        raise UserError(f"{path} is not a readable {kind}: {first_line(error)}") from error
    found = [(name, source) for name, source in found if not _is_hidden(name)]
    chosen = [(name, source) for name, source in found if _is_structure(source)]
    if not chosen:
        chosen = [(name, source) for name, source in found if source.kind in TABLES]
    if not chosen and fault:
        raise UserError(f"{path} is not a readable {kind}: {fault}")
    if not chosen:
        raise UserError(f"{path} holds no CIFs or other files of crystals: give {FORMATS}.{_listed(found)}")
    kept = {id(source) for _, source in chosen}
    not_read = tuple(name for name, source in found if id(source) not in kept)
    return [*(source for _, source in chosen), *([_fault(path, fault)] if fault else [])], not_read


def _listed(found: list[tuple[str, Source]]) -> str:
    names = [name for name, _ in found[:3]]
    return f" It holds {', '.join(names)}{', …' if len(found) > 3 else ''}." if names else ""


def _is_hidden(name: str) -> bool:
    return any(part.strip(".") and is_of_system(part) for part in PurePosixPath(name).parts)


def _is_structure(source: Source) -> bool:
    if source.kind == "json":
        return may_hold_structures(source)
    return source.kind not in ("", *CONTAINERS, *TABLES)


def _source(name: str, path: Path, open_: Callable[[], BinaryIO], size: int) -> tuple[str, Source]:
    kind, stem = kind_of(PurePosixPath(name).name)
    return name, Source(name_within(PurePosixPath(name), stem), kind, f"{path}:{name}", open_, size)


def _zip(path: Path) -> list[tuple[str, Source]]:
    archive = zipfile.ZipFile(path)  # closed with the last source
    members = [member for member in archive.infolist() if not member.is_dir()]
    found = [_source(m.filename, path, partial(_open_member, archive, m), m.compress_size) for m in members]
    return sorted(found, key=lambda one: one[0])


def _open_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> BinaryIO:
    if member.file_size > LARGEST_ENTRY and kind_of(member.filename)[0] not in STREAMED:
        raise TooLarge(
            f"it has {in_units(member.compress_size)} in the zip and unpacks to {in_units(member.file_size)}, "
            f"more than {in_units(LARGEST_ENTRY)}: too large"
        )
    return cast("BinaryIO", archive.open(member))


def _tar(path: Path) -> tuple[list[tuple[str, Source]], str]:
    archive = Tar.open(path)
    members, fault = members_until_fault(archive)  # in their order: a packed tar has no other way
    found = []
    for member, file in members:
        name, source = _source(member.name, path, partial(_open_tar_member, archive, file or member), member.size)
        found.append((name, source if file else replace(source, kind="")))
    return found, fault


def _open_tar_member(archive: Tar, member: TarInfo) -> BinaryIO:
    stream = archive.extractfile(member)
    assert stream is not None
    return cast("BinaryIO", stream)


def _fault(path: Path, reason: str) -> Source:
    """A source that has a fault and nothing else."""

    def refuse() -> BinaryIO:
        raise UserError(reason)

    return Source(kind_of(path.name)[1], "cif", str(path), refuse, 0)
