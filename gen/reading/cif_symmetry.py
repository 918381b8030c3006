"""Space-group settings that a CIF block may mean: from its operations, Hall symbol, symbol, or number, in this order.

given                                          settings
operations                                     these; and those of the symbol or number, if it is another group
only ``x, y, z`` but a group other than P1     all atoms are listed (P1), or the group
Hall symbol, symbols                           those of the first; and of the others, if they share no setting with it
number, symbol of the reference setting        those of another group than these; all, if nothing else is given
nothing                                        P1, with a remark

A setting that does not fit the cell is left out, which decides between hexagonal and rhombohedral axes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .cif_blocks import UNKNOWN, CifBlock
from .cif_faults import CifFault
from .cif_symmetry_tags import (
    CODE,
    check_no_symmetry,
    group_number,
    hall_tags,
    is_reference,
    number_tags,
    operations_tags,
    symbol_tags,
)
from .operations import Operations, is_group, keeps_cell, operations_of, products
from .space_group_names import (
    Setting,
    base_symbol,
    has_origin_choice,
    number_of_operations,
    setting_of_hall,
    settings_of_code,
    settings_of_number,
    settings_of_symbol,
)

MAGNETIC = ("_space_group_symop_magn_operation_xyz", "_space_group_symop_magn_operation_mxmymz")
MAGNETIC_CENTRING = "_space_group_symop_magn_centering_xyz"
ONLY_NUMBER = "Only the space-group number"
CELL_TOLERANCE = 0.02  # of lengths, and of cosines of angles


@dataclass(frozen=True)
class Candidate:
    """A setting that the block may mean.

    symbol       meaning
    setting      space group and operations
    remark       what must be said if it is taken
    is_magnetic  whether the file is magnetic, so that its multiplicities count in other cells
    is_doubtful  whether only ``x, y, z`` is listed beside another group that cannot be used
    """

    setting: Setting
    remark: str = ""
    is_magnetic: bool = False
    is_doubtful: bool = False


def candidates_of(block: CifBlock, lattice: NDArray[np.float64]) -> list[Candidate]:
    """The settings that the block may mean, likeliest first.

    Raises ``CifFault`` if none is understood or fits the cell.
    """
    listed, fault = _listed(block)
    if listed is None:
        stated = _stated(block, lattice)
        if fault and not stated:
            raise CifFault(fault)
        if fault:
            remark = f"The listed operations are not used ({fault}); the group is"
            return [Candidate(c.setting, f"{remark} {c.setting.name}.") for c in stated]
        return stated or _unstated(block)
    if not keeps_cell(listed.setting.operations, lattice, CELL_TOLERANCE):
        raise CifFault("the cell does not fit the listed symmetry operations")
    try:
        stated = _stated(block, lattice)
    except CifFault as misfit:
        remark = f"The stated group is not used ({misfit}), but the listed operations."
        return [replace(listed, remark=remark, is_doubtful=len(listed.setting.operations) == 1)]
    symbols = block.values(*symbol_tags(block))
    if symbols and not stated and not listed.remark:
        remark = f"The space group {symbols[0]} is not understood; the listed operations are used."
        return [replace(listed, remark=remark, is_doubtful=len(listed.setting.operations) == 1)]
    return [listed, *_others(listed, stated, lattice, any(map(has_origin_choice, symbols)))]


def _unstated(block: CifBlock) -> list[Candidate]:
    if symbol := block.value(*symbol_tags(block)):
        raise CifFault(f"the space group {symbol!r} is not understood: list the symmetry operations")
    if hall := block.value(*hall_tags(block)):
        raise CifFault(f"the Hall symbol {hall!r} is not understood: list the symmetry operations")
    if number := block.value(*number_tags(block)):
        raise CifFault(f"the space group number {number!r} is not one from 1 to 230")
    check_no_symmetry(block)
    return [Candidate(settings_of_number(1)[0], "It states no symmetry: all atoms are taken as listed (P1).")]


def _others(
    listed: Candidate, stated: list[Candidate], lattice: NDArray[np.float64], has_origin: bool
) -> list[Candidate]:
    """The stated settings, unless the operations are one of them, or the same group where no origin is stated."""
    operations = listed.setting.operations
    if not stated or any(operations.same_as(c.setting.operations) for c in stated):
        return []
    numbers = {c.setting.number for c in stated}
    if len(operations) == 1:
        return stated
    if number_of_operations(operations, lattice) in numbers - {0} and not has_origin:
        return []
    return stated


def _listed(block: CifBlock) -> tuple[Candidate | None, str]:
    """The listed operations as a setting, or what is wrong with them; neither if there are none.

    Raises ``CifFault`` if two lists differ.
    """
    lists = list(_lists(block))
    if not lists:
        return None, ""
    (first, (listed, fault)), *others = lists
    for tag, (other, _) in others:
        if not (listed and other and listed.setting.operations.same_as(other.setting.operations)):
            raise CifFault(f"the symmetry operations of {first} and of {tag} differ: keep the right list")
    return listed, fault


def _lists(block: CifBlock) -> Iterator[tuple[str, tuple[Candidate | None, str]]]:
    """The tag of each list of operations with its setting, or what is wrong with it."""
    for tag in operations_tags(block):
        if texts := [text for text in block.column(tag) if text not in UNKNOWN]:
            yield tag, _group(operations_of(texts), "the listed operations", "")
    for tag in MAGNETIC:
        if texts := [text for text in block.column(tag) if text not in UNKNOWN]:
            found = operations_of(_without_time(texts))
            centring = operations_of(_without_time(block.column(MAGNETIC_CENTRING)))
            if isinstance(found, Operations) and isinstance(centring, Operations):
                found = products(centring, found)
            remark = "Magnetic moments and time reversal are left out: the crystal of the nuclei is read."
            yield tag, _group(found, "the listed operations", remark, is_magnetic=True)


def _group(
    found: Operations | str, name: str, remark: str, *, is_magnetic: bool = False
) -> tuple[Candidate | None, str]:
    if isinstance(found, str):
        return None, found
    if not is_group(found):
        return None, "the listed symmetry operations are not a group: some are missing or wrong"
    return Candidate(Setting(name, 0, found), remark, is_magnetic), ""


def _without_time(texts: list[str]) -> list[str]:
    return [",".join(text.split(",")[:3]) for text in texts]


def _stated(block: CifBlock, lattice: NDArray[np.float64]) -> list[Candidate]:
    """Settings by Hall symbol, symbol and number that fit the cell; empty if none of them is given or understood."""
    settings: list[list[Candidate]] = []
    if (text := block.value(*hall_tags(block))) and (hall := setting_of_hall(text)):
        settings.append([Candidate(hall)])
    symbols = block.values(*symbol_tags(block))
    reference = [] if len(symbols) == 1 else block.values(*filter(is_reference, symbol_tags(block)))
    by_symbol = [_of_symbol(symbol, lattice) for symbol in symbols]
    settings += [group for symbol, group in zip(symbols, by_symbol, strict=True) if symbol not in reference]
    types = [_of_symbol(symbol, lattice) for symbol in reference]
    number = group_number(block)
    if number and number.isdigit() and (not symbols or any(by_symbol)):
        types.append(_of_number(int(number[:4]), lattice, bool(symbols)))
    if code := block.value(CODE):
        settings, types = ([_of_code(group, code) for group in groups] for groups in (settings, types))
    return _merged(settings, types, lattice)


def _of_code(group: list[Candidate], code: str) -> list[Candidate]:
    """The candidates in the setting with this code of International Tables; if none has it, that setting too.

    Candidates by number alone are replaced by that setting.
    """
    settings = {number: settings_of_code(number, code) for number in {c.setting.number for c in group}}
    names = {s.name for found in settings.values() for s in found}
    kept = [c for c in group if c.setting.name in names]
    is_symbol = all(not c.remark.startswith(ONLY_NUMBER) for c in group)
    coded = [Candidate(s) for found in settings.values() for s in found]
    return kept or [*(group if is_symbol or not coded else []), *coded]


def _merged(
    settings: list[list[Candidate]], types: list[list[Candidate]], lattice: NDArray[np.float64]
) -> list[Candidate]:
    """The candidates of each statement that agrees with none before it.

    ``settings`` state a setting and agree if they share one; ``types`` state a space group only.
    """
    merged: list[Candidate] = []
    for group in settings:
        if not any(a.setting.operations.same_as(b.setting.operations) for a in merged for b in group):
            merged += group
    for group in types:
        numbers = {c.setting.number for c in merged}
        merged += [c for c in group if c.setting.number not in numbers]
    if not merged:
        return []
    fitting = [c for c in merged if keeps_cell(c.setting.operations, lattice, CELL_TOLERANCE)]
    if not fitting:
        raise CifFault(f"the cell does not fit the space group {merged[0].setting.name}")
    return fitting


def _of_symbol(symbol: str, lattice: NDArray[np.float64]) -> list[Candidate]:
    """The settings of a symbol in the likeliest orientation that fits the cell; both origins, where it has two."""
    settings = settings_of_symbol(symbol)
    fitting = [s for s in settings if keeps_cell(s.operations, lattice, CELL_TOLERANCE)]
    if not fitting and settings:
        others = [
            s for s in settings_of_symbol(base_symbol(symbol)) if keeps_cell(s.operations, lattice, CELL_TOLERANCE)
        ]
        remark = f"The cell does not fit {symbol}; it fits"
        return [Candidate(s, f"{remark} {s.name}.") for s in others] or [Candidate(s) for s in settings]
    first = [s for s in fitting if _base(s) == _base(fitting[0])]
    is_chosen = len({_base(s) for s in fitting}) > 1
    return [Candidate(s, f"The space group {symbol} is read as {s.name}." if is_chosen else "") for s in first]


def _of_number(number: int, lattice: NDArray[np.float64], has_symbol: bool) -> list[Candidate]:
    settings = settings_of_number(number)
    fitting = [s for s in settings if keeps_cell(s.operations, lattice, CELL_TOLERANCE)]
    first = [s for s in fitting if _base(s) == _base(fitting[0])] or settings
    if has_symbol or number == 1:
        return [Candidate(s) for s in first]
    remark = f"{ONLY_NUMBER} {number} is given: its setting"
    return [Candidate(s, f"{remark} {s.name} is assumed.") for s in first]


def _base(setting: Setting) -> str:
    return setting.name.partition(":")[0]
