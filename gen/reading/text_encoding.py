"""Text from bytes in the encodings of scientific programs: UTF-8, UTF-16 and UTF-32 with or without a mark, Latin-1."""

from __future__ import annotations

import codecs

MARKS = (  # longer ones first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HEAD = 4096  # bytes that decide on the encoding of a stream


def encoding_of(head: bytes) -> str:
    """The encoding that the first bytes of a text have; UTF-8 where nothing speaks against it."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    head = head[: len(head) // 2 * 2]
    if head and head[1::2].count(0) > 0.8 * len(head) / 2:  # ASCII in two bytes each, without a mark
        return "utf-16-le"
    if head and head[::2].count(0) > 0.8 * len(head) / 2:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def decoded(data: bytes) -> str:
    """The text of these bytes; never raises."""
    encoding = encoding_of(data[:HEAD])
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("latin-1" if encoding == "utf-8" else encoding, errors="replace")
