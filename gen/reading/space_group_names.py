"""Space groups by the symbols that people write: Hermann–Mauguin in any writing, Hall, or the number.

A symbol is one or more settings: ``F d -3 m`` has two origins, ``R -3 m`` two kinds of axes, ``P 21/b`` two unique
axes. The tables are gemmi's (564 settings).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from .operations import PARTS, Operations

EXTENSIONS = {"1": "1", "s": "1", "2": "2", "z": "2", "h": "H", "r": "R"}
WITH_E = {  # symbols of 1992 and later → the older ones of the tables
    "cmce": "cmca", "ccme": "ccmb", "aema": "abma", "aeam": "acam", "bbem": "bbcm", "bmeb": "bmab",
    "cmme": "cmma", "aemm": "abmm", "bmem": "bmam", "ccce": "ccca", "aeaa": "abaa", "bbeb": "bbcb",
    "aem2": "abm2", "aea2": "aba2",
}  # fmt: skip
TAIL = re.compile(r"[szhr]+$")


@dataclass(frozen=True, eq=False)
class Setting:
    """A space group in one setting: its name in full, its number (0: not known), and its operations."""

    name: str
    number: int
    operations: Operations


def settings_of_symbol(symbol: str) -> list[Setting]:
    """All settings that the symbol may mean, likeliest first; empty if it is not understood."""
    base, extension = _key(symbol)
    if base.isdigit():
        return settings_of_number(int(base))
    entries = _entries().get(WITH_E.get(base, base), [])
    if not entries and base in _full_symbols():
        return [s for s in settings_of_symbol(_full_symbols()[base]) if not extension or s.name.endswith(extension)]
    if not extension:
        return [_setting(entry) for entry in entries]
    chosen = [e for e in entries if EXTENSIONS.get(extension) == e.ext or extension == e.qualifier.lower()]
    if not chosen and all(e.ext not in ("1", "2", "H", "R") for e in entries):
        chosen = entries if extension in EXTENSIONS else []
    return [_setting(entry) for entry in chosen]


def base_symbol(symbol: str) -> str:
    """The symbol without its choice of origin or axes."""
    return _key(symbol)[0]


def has_origin_choice(symbol: str) -> bool:
    """Whether the symbol says which of two origins is meant."""
    return EXTENSIONS.get(_key(symbol)[1]) in ("1", "2")


def settings_of_number(number: int) -> list[Setting]:
    """The standard setting of a group, with both origins or kinds of axes where it has two; then its other axes."""
    import gemmi

    if not 1 <= number <= 230:
        return []
    standard = gemmi.get_spacegroup_reference_setting(number).hm
    entries = [e for e in gemmi.spacegroup_table() if e.number == number]
    first = [e for e in entries if e.hm == standard]
    others = [e for e in entries if e.qualifier in ("c1", "a1") and e.hm != standard]
    return [_setting(entry) for entry in (*first, *others)]


def settings_of_code(number: int, code: str) -> list[Setting]:
    """The settings of a group with a coordinate-system code of International Tables: ``1``, ``h``, ``b1``, ``ba-c``."""
    import gemmi

    text = code.lower().strip()
    qualifier = "" if text == "abc" else text
    return [
        _setting(e)
        for e in gemmi.spacegroup_table()
        if e.number == number and (EXTENSIONS.get(text) == e.ext or (e.qualifier == qualifier and e.ext != "1"))
    ]


def setting_of_hall(symbol: str) -> Setting | None:
    """The setting of a Hall symbol; None if it is not understood."""
    import gemmi

    text = symbol.replace("_", " ").strip()
    try:
        operations = _arrays(gemmi.symops_from_hall(text))
    except (RuntimeError, ValueError):
        return None
    known = gemmi.find_spacegroup_by_ops(gemmi.symops_from_hall(text))
    return Setting(f"Hall {text}", known.number if known else 0, operations)


def number_of_operations(operations: Operations, lattice: np.ndarray) -> int:
    """Number of the space group that the operations make, in any setting; 0 if they make none."""
    import spglib

    try:
        found = spglib.get_spacegroup_type_from_symmetry(
            operations.rotations.astype("intc"), operations.shifts, lattice, 1e-3
        )
    except Exception:  # noqa: BLE001  spglib has its own errors, other ones in each version
        return 0
    return int(found.number) if found is not None else 0


def _key(symbol: str) -> tuple[str, str]:
    """A symbol in lower case without spaces, and what follows its colon, or the letter for it."""
    text = re.sub(r"\(#?\d{2,3}\)\s*$", "", symbol.lower()) if "#" in symbol else symbol.lower()
    text = re.sub(r"origin\s*(?:choice|at)?", ":", text)
    text = re.sub(r"bar\s*(\d)|(\d)\s*bar", lambda m: f"-{m[1] or m[2]}", text)
    text = re.sub(r"[\s_~()\[\]'\",\\{}$]", "", text).replace("::", ":")
    base, _, extension = text.partition(":")
    if not extension and (tail := TAIL.search(base)) and tail.start() > 1:
        base, extension = base[: tail.start()], tail[0][0]
    return base, extension


@cache
def _entries() -> dict[str, list[Any]]:
    """Settings by key, likeliest first: full symbols, short ones of monoclinic groups, cubic ones without a bar."""
    import gemmi

    table = [entry for entry in gemmi.spacegroup_table() if not entry.hm.endswith(")")]  # two symbols of CCP4
    found: dict[str, list[Any]] = {}
    for entry in table:
        found.setdefault(entry.hm.lower().replace(" ", ""), []).append(entry)
    full = set(found)
    for axis in ("b", "c", "a"):
        for entry in table:
            if 3 <= entry.number <= 15 and entry.qualifier.strip("-").startswith(axis):
                short = "".join(part for part in entry.hm.lower().split() if part != "1")
                if short not in full and entry not in found.get(short, []):
                    found.setdefault(short, []).append(entry)
    for entry in table:
        plain = entry.hm.lower().replace(" ", "").replace("-3", "3")
        if entry.number >= 195 and plain not in full:
            found.setdefault(plain, []).append(entry)
    return found


@cache
def _full_symbols() -> dict[str, str]:
    """Short symbols by the keys of full ones: ``f4/m-32/m`` → ``F m -3 m``."""
    import spglib

    types = [spglib.get_spacegroup_type(hall) for hall in range(1, 531)]
    pairs = [(t.international_full, t.international.partition("=")[0].strip()) for t in types if t.number >= 16]
    return {full.lower().replace(" ", "").replace("_", ""): short.replace("_", "") for full, short in pairs}


def _setting(entry: Any) -> Setting:
    return _of_xhm(entry.xhm())


@lru_cache(maxsize=600)
def _of_xhm(name: str) -> Setting:
    import gemmi

    entry = gemmi.SpaceGroup(name)
    return Setting(name, entry.number, _arrays(entry.operations()))


def _arrays(group: Any) -> Operations:
    operations = list(group)
    rotations = np.array([op.rot for op in operations], dtype=np.int64) // operations[0].DEN
    translations = np.array([op.tran for op in operations], dtype=np.int64) * (PARTS // operations[0].DEN)
    return Operations(rotations, translations % PARTS)
