"""The members of a tar up to its end or its first fault, and the file in it that each stands for.

``tarfile`` takes any header that it cannot read for the end of the archive, so the end is checked here. GNU tar stores
the second name of a file as a hard link to the first.
"""

from __future__ import annotations

import posixpath
import tarfile
from collections.abc import Mapping
from tarfile import TarInfo

from .cif_reader import first_line

MOST_LINKS = 40  # one after the other; Linux allows as many


class Tar(tarfile.TarFile):
    """A tar that is closed with the last source."""

    def __del__(self) -> None:
        self.close()


def members_until_fault(archive: Tar) -> tuple[list[tuple[TarInfo, TarInfo | None]], str]:
    """The members without folders, each with the file that it is or links to, and the fault that ends the archive.

    The file is None for a device, a pipe, and a link that leads to no file of the archive. Raises the errors of
    ``tarfile`` where no member is readable.
    """
    members: list[tuple[TarInfo, TarInfo]] = []
    named: dict[str, TarInfo] = {}
    fault = ""
    try:
        for member in archive:
            name = posixpath.normpath(member.name)
            target = named.get(posixpath.normpath(member.linkname), member) if member.islnk() else member
            named[name] = target
            if not member.isdir():
                members.append((member, target))
        fault = _fault_of_end(archive)
    except Exception as error:
        if not members:
            raise
        fault = f"the archive is damaged or was cut off ({first_line(error)}): files may be missing"
    return [(member, _file_of(target, named)) for member, target in members], fault


def _file_of(member: TarInfo, named: Mapping[str, TarInfo]) -> TarInfo | None:
    """The file to which symbolic links lead."""
    for _ in range(MOST_LINKS):
        if not member.issym():
            break
        place = posixpath.normpath(posixpath.join(posixpath.dirname(member.name), member.linkname))
        if place not in named:
            return None
        member = named[place]
    return member if member.isfile() else None


def _fault_of_end(archive: Tar) -> str:
    """Why what stands behind the last member is no end of an archive, which is a block of zeros; empty if it is."""
    stream = archive.fileobj
    assert stream is not None
    stream.seek(archive.offset)  # of the next header
    block = stream.read(tarfile.BLOCKSIZE)
    if len(block) < tarfile.BLOCKSIZE:
        return "the archive lacks its end, so it was cut off: files may be missing"
    if block != bytes(tarfile.BLOCKSIZE):
        return "a header in the archive is damaged: the files behind it are not read"
    return ""
