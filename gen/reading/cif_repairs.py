"""Repairs of CIF text that the parser refuses: only faults of writing whose meaning is sure.

fault                                                                                repair
a value of several words without quotes, ``_symmetry_space_group_name_H-M P 21/n``   quotes
a quote that is not closed on its line                                               closed
text that is damaged and not of ``STRUCTURAL`` tags                                  left out
"""

from __future__ import annotations

import re

STRUCTURAL = (
    "_cell", "_symmetry", "_space_group", "_spacegroup", "_parent_space", "_atom_site",
    "_chemical_formula", "_exptl_crystal_density",
)  # fmt: skip
ITEM = re.compile(r"^[ \t]*(?:_|loop_)", re.IGNORECASE)
PAIR = re.compile(r"^[ \t]*(_\S+)[ \t]+(\S.*?)[ \t]*$")
QUOTED = re.compile(r"""^(?:'(?:[^']|'(?=\S))*'|"(?:[^"]|"(?=\S))*")(?:\s*#.*)?$""")


def repaired(text: str) -> str:
    """The header and the structural items of a block, with the values of several words in quotes."""
    lines = text.splitlines()
    kept = [lines[0] if lines else ""]
    items = _items(lines[1:])
    for item in items:
        tags = [line.split()[0].lower() for line in item if line.strip().startswith("_")]
        if any(tag.startswith(STRUCTURAL) for tag in (tags if _is_loop(item) else tags[:1])):
            kept += [_quoted(line) for line in item] if not _is_loop(item) else item
    return "\n".join(kept) + "\n"


def _items(lines: list[str]) -> list[list[str]]:
    """Lines of each pair or loop; a loop holds its tags and its rows."""
    items: list[list[str]] = []
    in_text, in_tags = False, False
    for line in lines:
        if line.startswith(";"):
            in_text = not in_text
        is_start = not in_text and bool(ITEM.match(line))
        is_loop = is_start and line.strip().lower().startswith("loop_")
        if is_start and (is_loop or not in_tags):
            items.append([line])
        elif items:
            items[-1].append(line)
        in_tags = is_loop or (in_tags and (is_start or not line.strip()))
    return items


def _is_loop(item: list[str]) -> bool:
    return item[0].strip().lower().startswith("loop_")


def _quoted(line: str) -> str:
    """The line of a pair with its value in quotes, if it has several words and none or an unclosed one."""
    found = PAIR.match(line)
    if not found or QUOTED.match(found[2]) or len(found[2].split()) == 1:
        return line
    value = found[2].lstrip("'\"").split(" #")[0].rstrip(" '\"")
    return f"{found[1]} '{value}'" if "'" not in value else f'{found[1]} "{value}"'
