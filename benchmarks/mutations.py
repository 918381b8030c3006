"""Mutations of files: what a damaged disk, a careless hand or an attacker makes of a sound file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

Random = np.random.Generator
NUMBER = re.compile(rb"-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
WORD = re.compile(rb"[A-Za-z_][\w.-]*")
NUMBERS = (
    b"nan", b"inf", b"-inf", b"1e308", b"-1", b"0", b"1e-300", b"1000000000", b"-0.0", b"9" * 5000, b"1e99999", b"0x1",
    b"?", b".", b"1(2)", b"1_0", b"1:30:00",
)  # fmt: skip
WORDS = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"'", b'"', b";", b"\n;\n", b"loop_", b"data_", b"[" * 2000,
    b"{" * 2000, b"&a [*a, *a]", b"*a", b"<<: *a", b"!!python/object/apply:os.system ['true']", b"null", b"\x1b[31m",
    b"=cmd|' '!A0",
    b"\xf0\x9f\x92\xa5", b"A" * 100_000, b"\r", b"\t",
)  # fmt: skip


def mutated(data: bytes, random: Random) -> bytes:
    """The content after one to four mutations, drawn at random."""
    for _ in range(int(random.integers(1, 5))):
        mutate = MUTATIONS[int(random.integers(len(MUTATIONS)))]
        data = mutate(data, random) if data else data
    return data


def _flip(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for place in random.integers(len(data), size=int(random.integers(1, 9))):
        changed[int(place)] ^= 1 << int(random.integers(8))
    return bytes(changed)


def _cut(data: bytes, random: Random) -> bytes:
    return data[: int(random.integers(len(data)))]


def _without_middle(data: bytes, random: Random) -> bytes:
    first, last = sorted(int(place) for place in random.integers(len(data) + 1, size=2))
    return data[:first] + data[last:]


def _double_lines(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    place, count = int(random.integers(len(lines))), int(random.integers(1, 4))
    return b"".join([*lines[: place + count], *lines[place:]])


def _drop_line(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    del lines[int(random.integers(len(lines)))]
    return b"".join(lines)


def _many_lines(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    place = int(random.integers(len(lines)))
    return b"".join(
        [*lines[:place], *([lines[place]] * 20_000)[: 2_000_000 // (len(lines[place]) + 1)], *lines[place:]]
    )


def _swap_lines(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    one, other = (int(place) for place in random.integers(len(lines), size=2))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _number(data: bytes, random: Random) -> bytes:
    return _replaced(data, NUMBER, NUMBERS, random)


def _word(data: bytes, random: Random) -> bytes:
    return _replaced(data, WORD, WORDS, random)


def _swap_words(data: bytes, random: Random) -> bytes:
    words = WORD.findall(data[:100_000])
    return _replaced(data, WORD, words or [b"x"], random)


def _insert(data: bytes, random: Random) -> bytes:
    place = int(random.integers(len(data) + 1))
    return data[:place] + WORDS[int(random.integers(len(WORDS)))] + data[place:]


def _replaced(data: bytes, pattern: re.Pattern[bytes], values: Sequence[bytes], random: Random) -> bytes:
    found = list(pattern.finditer(data[:200_000]))
    if not found:
        return data
    match = found[int(random.integers(len(found)))]
    return data[: match.start()] + values[int(random.integers(len(values)))] + data[match.end() :]


MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flip, _cut, _without_middle, _double_lines, _drop_line, _many_lines, _swap_lines, _number, _number, _word,
    _swap_words, _insert,
)  # fmt: skip
