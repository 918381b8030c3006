"""Data blocks of a CIF: its structural values and tables, with tags in lower case and dots as underscores.

gemmi parses the text. A damaged block does not affect the others, because each block is parsed alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from .cif_faults import CifFault
from .cif_repairs import STRUCTURAL, repaired

MARK = re.compile(r"^(?:;|[ \t]*data_)", re.IGNORECASE | re.MULTILINE)
CONTENT = re.compile(r"^\s*(?:_cell|_atom_site|loop_)", re.IGNORECASE | re.MULTILINE)
GLOBAL = re.compile(r"^[ \t]*global_[ \t]*$", re.IGNORECASE | re.MULTILINE)
ASCII = str.maketrans(
    {"□": "Va", "−": "-", "–": "-", "\ufeff": " ", "·": "*", "•": "*", "∙": "*", "⋅": "*", "\x00": "~"}
)
UNKNOWN = (".", "?", "")


@dataclass(frozen=True)
class CifBlock:
    """A data block.

    symbol  meaning
    name    after ``data_``
    pairs   value of each tag outside loops
    loops   columns of each loop, by tag
    remark  what was repaired in its text; empty if nothing
    """

    name: str
    pairs: dict[str, str]
    loops: list[dict[str, list[str]]]
    remark: str = ""

    def value(self, *tags: str) -> str | None:
        """The value of the first of the tags that has one, on one line; None if all are missing or unknown."""
        return next(iter(self.values(*tags)), None)

    def values(self, *tags: str) -> list[str]:
        """The different values of the tags, in their order, without unknown ones."""
        raw = [[self.pairs[tag]] if tag in self.pairs else self.table(tag).get(tag, []) for tag in tags]
        plain = [_plain(values[0]) for values in raw if len(values) == 1]
        return list(dict.fromkeys(text for text in plain if text not in UNKNOWN))

    def has(self, tag: str) -> bool:
        """Whether the tag is there, with a value or without."""
        return tag in self.pairs or any(tag in loop for loop in self.loops)

    def table(self, tag: str) -> dict[str, list[str]]:
        """The columns of the loop with this tag, or the pairs as a loop of one row; empty without the tag.

        Raises ``CifFault`` if two loops have it.
        """
        loops = [loop for loop in self.loops if tag in loop]
        if len(loops) > 1:
            raise CifFault(f"{tag} is in two tables: keep one")
        if loops:
            return loops[0]
        return {t: [value] for t, value in self.pairs.items()} if tag in self.pairs else {}

    def column(self, *tags: str) -> list[str]:
        """The values of the first of the tags that is present; empty without one."""
        for tag in tags:
            if table := self.table(tag):
                return [_plain(value) for value in table[tag]]
        return []


def blocks_of_cif(text: str) -> Iterator[CifBlock | CifFault]:
    """The data blocks of a CIF in their order; a block that cannot be parsed is returned as its fault."""
    plain = ascii_text(text)
    remark = "What its global_ section states is not read." if GLOBAL.search(plain) else ""
    for part in _parts(plain):
        for block in _parsed(part):
            yield block if isinstance(block, CifFault) else replace(block, remark=f"{block.remark} {remark}".strip())


def ascii_text(text: str) -> str:
    """The text in ASCII, as CIF prescribes: an empty square is a vacancy (``Va``), unknown signs become ``~``."""
    if text.isascii() and "\x00" not in text:
        return text
    plain = unicodedata.normalize("NFKC", text.translate(ASCII)).translate(ASCII)
    return "".join(c if c.isascii() else "~" for c in plain)


def _parts(text: str) -> Iterator[str]:
    """The text of each block. A ``data_`` inside a text field (between lines that start with ``;``) is no header."""
    marks = list(MARK.finditer(text))
    balanced = sum(mark[0] == ";" for mark in marks) % 2 == 0
    starts, inside = [], False
    for mark in marks:
        if mark[0] == ";":
            inside = balanced and not inside
        elif not inside:
            starts.append(mark.start())
    head = text[: starts[0]] if starts else text
    if CONTENT.search(head):
        yield f"data_\n{head}"
    yield from (text[start:end] for start, end in pairwise([*starts, len(text)]))


def _parsed(text: str) -> Iterator[CifBlock | CifFault]:
    from gemmi import cif

    remark = ""
    try:
        document = cif.read_string(text, check_level=0)
    except (ValueError, RuntimeError) as error:
        place = _place(str(error))
        remark = f"The text is damaged ({place}) and was repaired: the structural items that are sure are read."
        try:
            document = cif.read_string(repaired(text), check_level=0)
        except (ValueError, RuntimeError):
            document = cif.Document()
        if CONTENT.search(text) and not any(block.find_value("_cell_length_a") for block in document):
            yield CifFault(f"not a readable CIF: {place}")
            return
    for block in document:
        try:
            yield _structural(block, remark)
        except CifFault as fault:
            yield fault


def _place(message: str) -> str:
    """gemmi's message with the line of the block in words."""
    found = re.match(r"string:(\d+)[^ ]* (.*)", message)
    return f"line {found[1]} of its block: {found[2]}" if found else message.splitlines()[0][:200]


def _structural(block: Any, remark: str) -> CifBlock:
    pairs: dict[str, str] = {}
    loops = []
    for item in block:
        if item.pair is not None:
            tag = _tag(item.pair[0])
            if tag.startswith(STRUCTURAL):
                _add(pairs, tag, item.pair[1])
        elif item.loop is not None:
            tags = [_tag(tag) for tag in item.loop.tags]
            if any(tag.startswith(STRUCTURAL) for tag in tags):
                values = item.loop.values
                loops.append({tag: values[k :: len(tags)] for k, tag in enumerate(tags)})
        elif item.frame is not None and (framed := _structural(item.frame, "")) and (framed.pairs or framed.loops):
            tag = next(iter([*framed.pairs, *(tag for loop in framed.loops for tag in loop)]))
            remark = f"{remark} What its save_ frame {framed.name} states ({tag}, …) is not read.".strip()
    return CifBlock(block.name.strip(), pairs, loops, remark)


def _add(pairs: dict[str, str], tag: str, value: str) -> None:
    """Adds a value, if it is known. Raises ``CifFault`` if the tag has another one already."""
    earlier = _plain(pairs.get(tag, ""))
    if earlier in UNKNOWN:
        pairs[tag] = value
    elif _plain(value) not in (*UNKNOWN, earlier):
        raise CifFault(f"{tag} has two values, {earlier} and {_plain(value)}")


def _tag(tag: str) -> str:
    return tag.lower().replace(".", "_")


def _plain(value: str) -> str:
    """The value without its quotes, on one line."""
    from gemmi import cif

    if value[:1] in "'\";":
        return " ".join(cif.as_string(value).split())
    return value
