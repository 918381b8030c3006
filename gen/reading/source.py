"""A file, or a member of an archive: its name, its format, and its bytes, unpacked and within a limit of size."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from .text_encoding import HEAD, decoded, encoding_of

LARGEST_ENTRY = 100_000_000  # bytes of one entry: a CIF, a frame, a row; also of a file that is read as a whole
CHUNK = 1_000_000  # bytes read at once: Python takes the memory for all of them beforehand
MAGIC: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}


class TooLarge(ValueError):
    """An entry has more bytes than ``LARGEST_ENTRY``."""


@dataclass(frozen=True)
class Source:
    """A file that holds crystals.

    symbol  meaning
    name    of its crystals
    kind    its format, a key of ``file_kinds.READERS``
    label   its path, for messages
    open    opens its bytes, as they are stored
    size    bytes, as they are stored
    path    where it lies on the disk; None for a member of an archive
    """

    name: str
    kind: str
    label: str
    open: Callable[[], BinaryIO]
    size: int
    path: Path | None = None

    @classmethod
    def of(cls, path: Path, kind: str, name: str) -> Source:
        """A file on the disk."""
        return cls(name, kind, str(path), lambda: path.open("rb"), path.stat().st_size, path)

    @contextmanager
    def unpacked(self) -> Iterator[BinaryIO]:
        """Its bytes, unpacked if they are of gzip, bzip2 or xz, whatever the name says."""
        with self.open() as stored:
            stream = io.BufferedReader(cast("io.RawIOBase", stored)) if not hasattr(stored, "peek") else stored
            head = stream.peek(8)[:8]
            unpack = next((opener for magic, opener in MAGIC.items() if head.startswith(magic)), None)
            if unpack is None:
                yield stream
            else:
                with cast("BinaryIO", unpack(stream, "rb")) as unpacked:
                    yield unpacked

    def data(self) -> bytes:
        """All its bytes, unpacked. Raises ``TooLarge``."""
        chunks, size = [], 0
        with self.unpacked() as stream:
            while size <= LARGEST_ENTRY and (chunk := stream.read(CHUNK)):
                chunks.append(chunk)
                size += len(chunk)
        if size > LARGEST_ENTRY:
            raise TooLarge(
                f"its {in_units(self.size)} unpack to more than {in_units(LARGEST_ENTRY)}: too large to read"
            )
        return b"".join(chunks)

    def text(self) -> str:
        """All its text. Raises ``TooLarge``."""
        return decoded(self.data())

    @contextmanager
    def lines(self) -> Iterator[Iterator[str]]:
        """Its lines one after the other, with their ends. The iterator raises ``TooLarge`` for an endless line."""
        with self.unpacked() as stream:
            buffered = stream if hasattr(stream, "peek") else io.BufferedReader(cast("io.RawIOBase", stream))
            encoding = encoding_of(buffered.peek(HEAD)[:HEAD])
            with io.TextIOWrapper(buffered, encoding, errors="replace", newline="") as text:
                yield _lines(text)


def _lines(stream: io.TextIOWrapper) -> Iterator[str]:
    while line := stream.readline(LARGEST_ENTRY):
        if len(line) == LARGEST_ENTRY:
            raise TooLarge(f"it has a line of more than {in_units(LARGEST_ENTRY)}: too large to read")
        yield line


def in_units(size: float) -> str:
    """A number of bytes in words."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size:g} bytes"
