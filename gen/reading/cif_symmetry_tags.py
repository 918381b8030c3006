"""Tags of a CIF under which a space group is stated, those of the dictionaries first, then other writings of them.

A statement of symmetry under a tag that is not understood is found too, so that its crystal is not read as P1.
"""

from __future__ import annotations

import re
from functools import cache

from .cif_blocks import UNKNOWN, CifBlock
from .cif_faults import CifFault

OPERATIONS = ("_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz")
HALL = ("_space_group_name_hall", "_symmetry_space_group_name_hall")
SYMBOL = (
    "_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m", "_space_group_name_h-m_full",
    "_space_group_name_h-m", "_symmetry_space_group_name_h-m_alt",
)  # fmt: skip
NUMBER = ("_space_group_it_number", "_symmetry_int_tables_number", "_symmetry_int_tables_no")
CODE = "_space_group_it_coordinate_system_code"
SYMMETRY = ("_symmetry", "_space_group", "_spacegroup", "_parent_space_group", "_parent_spacegroup")
START = r"_(?:symmetry|space_?group|symmetry_space_?group|symmetry_group)"
OTHER_OPERATIONS = re.compile(rf"{START}_(?:symop|equiv|operation)s?(?:(?!magn|ssg|generator)\w)*(?:xyz|operations?)")
OTHER_SYMBOL = re.compile(
    rf"{START}(?:_name|_symbol|_h[-_]?m)(?:_?(?:symbol|h[-_]?m|hermann[-_]mauguin|alt|full|short|ref))*"
)
OTHER_NUMBER = re.compile(rf"{START}_(?:(?:it|int|int_tables|international_tables)_?)?(?:number|num|no|nr)")
OTHER_HALL = re.compile(rf"{START}_(?:name_|symbol_)?hall(?:_symbol)?")
SCHOENFLIES = re.compile(rf"{START}_(?:name_|symbol_)?sch(?:oe|o)nfl?ies(?:_symbol)?")
NO_STATEMENT = re.compile(r".*(?:_id|_site_id|_code|_transform_\w*|_details|_refcode)")
TRIVIAL = ("p1", "1", "1.1", "triclinic", "anorthic", "c1", "c1^1", "ap", "x,y,z", "none", "p1.1")


def operations_tags(block: CifBlock) -> tuple[str, ...]:
    """Tags of listed operations."""
    return (*OPERATIONS, *_others(block, OTHER_OPERATIONS, OPERATIONS))


def symbol_tags(block: CifBlock) -> tuple[str, ...]:
    """Tags of a Hermann–Mauguin symbol."""
    return (*SYMBOL, *_others(block, OTHER_SYMBOL, SYMBOL))


def is_reference(tag: str) -> bool:
    """Whether a symbol under the tag is that of the reference setting, not of the one in use."""
    return tag.endswith("_ref")


def number_tags(block: CifBlock) -> tuple[str, ...]:
    """Tags of a space-group number."""
    return (*NUMBER, *_others(block, OTHER_NUMBER, NUMBER))


def hall_tags(block: CifBlock) -> tuple[str, ...]:
    """Tags of a Hall symbol."""
    return (*HALL, *_others(block, OTHER_HALL, HALL))


def group_number(block: CifBlock) -> str | None:
    """The stated number of the space group, or that of its Schoenflies symbol; None without them."""
    if number := block.value(*number_tags(block)):
        return number
    symbol = block.value(*_others(block, SCHOENFLIES, ()))
    return _schoenflies().get(_letters(symbol)) if symbol else None


def check_no_symmetry(block: CifBlock) -> None:
    """Raises ``CifFault`` if any item states a symmetry other than that of P1."""
    for tag in _tags(block):
        if not tag.startswith(SYMMETRY) or NO_STATEMENT.fullmatch(tag):
            continue
        for value in block.column(tag):
            text = re.sub(r"[\s_'\"]", "", value.lower())
            if value not in UNKNOWN and text not in TRIVIAL:
                raise CifFault(f"{tag} {value[:60]!r} does not say which symmetry is meant: list the operations")


def _tags(block: CifBlock) -> list[str]:
    return list(dict.fromkeys([*block.pairs, *(tag for loop in block.loops for tag in loop)]))


def _others(block: CifBlock, pattern: re.Pattern[str], known: tuple[str, ...]) -> list[str]:
    return [tag for tag in _tags(block) if tag not in known and pattern.fullmatch(tag)]


def _letters(symbol: str) -> str:
    return re.sub(r"[\s_^{}'\"]", "", symbol.lower())


@cache
def _schoenflies() -> dict[str, str]:
    """Space-group numbers by Schoenflies symbol, ``oh5``, where it is unique without its signs."""
    import spglib

    found: dict[str, set[int]] = {}
    for hall in range(1, 531):
        group = spglib.get_spacegroup_type(hall)
        found.setdefault(_letters(group.schoenflies), set()).add(group.number)
    return {symbol: str(numbers.pop()) for symbol, numbers in found.items() if len(numbers) == 1}
