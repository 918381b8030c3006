"""Robustness, part ``reading``: CIFs of bug reports and of public collections, read right or refused.

Cases: ``tests/cases/cif_cases.csv`` says what each CIF holds, or why it must be refused.
Collections: all CIFs in the folder of installed packages, and in the folders of ``--collections`` (unpacked wheels and
source archives of other packages). Each block is compared with two independent readings, gemmi's and pymatgen's: the
same elements at the same places within 0.2 Å. A block is silently different if it is neither refused nor equal to one
of them. The blocks in which the two differ from ours are printed with the reason.
"""

from __future__ import annotations

import argparse
import csv
import re
import sysconfig
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from figures import ROOT, Figure, number, percent
from numpy.typing import NDArray

from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.cif_reader import Unreadable, crystals_of_cif
from electrolith.gen.symmetry.space_group_search import MEDIUM_SYMPREC, symmetry_dataset

CASES = ROOT / "tests" / "cases"
SAME = 0.2  # Å
SMALL = 8  # files in a small run


@dataclass(frozen=True)
class Reading:
    """A CIF by our reader, gemmi and pymatgen, and the CPU seconds of ours and pymatgen's."""

    path: Path
    ours: list[Crystal | Unreadable]
    gemmi: list[Crystal]
    pymatgen: list[Crystal]
    seconds: tuple[float, float]


def figures(args: argparse.Namespace) -> list[Figure]:
    """The figures of this part."""
    warnings.simplefilter("ignore")
    roots = [Path(sysconfig.get_paths()["purelib"]), *(getattr(args, "collections", None) or [])]
    found = (file for root in roots for file in root.rglob("*") if file.suffix.lower() in (".cif", ".mcif"))
    files = sorted(set(islice(found, SMALL if args.small else None)))
    next(crystals_of_cif((CASES / "a07_spinel_2colon.cif").read_text(), ""))  # imports and tables are no cost of a file
    readings = [_reading(file) for file in files]
    return [_cases(), *_collections(readings), *_speed(readings)]


def _cases() -> Figure:
    with (CASES / "cif_cases.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    wrong = [f"{row['file']} {row['entry']}" for row in rows if not _is_right(row)]
    share = percent(1 - len(wrong) / len(rows))
    return Figure(
        "CIFs of bug reports read right, or refused with the true reason",
        "100 %",
        share,
        len(rows),
        not wrong,
        ", ".join(wrong),
    )


def _is_right(row: dict[str, str]) -> bool:
    text = (CASES / row["file"]).read_text(encoding="utf-8")
    entry = list(crystals_of_cif(text, "case"))[int(row["entry"]) - 1]
    if isinstance(entry, Unreadable):
        return bool(row["reason"]) and re.search(row["reason"], entry.reason) is not None
    dataset = symmetry_dataset(entry, MEDIUM_SYMPREC)
    found = (entry.formula, len(entry), dataset.number if dataset else 0)
    return found == (row["formula"], int(row["atoms"] or 0), int(row["space_group"] or 0))


def _reading(path: Path) -> Reading:
    from pymatgen.io.cif import CifParser

    text = path.read_text(encoding="utf-8", errors="replace")
    start = time.process_time()
    ours = list(crystals_of_cif(text, path.stem))
    middle = time.process_time()
    try:
        structures = CifParser.from_str(text).parse_structures(primitive=False)
    except Exception:  # noqa: BLE001  pymatgen's parser raises anything on a damaged CIF
        structures = []
    seconds = (middle - start, time.process_time() - middle)
    ordered = [Crystal.from_structure(s) for s in structures if s.is_ordered]
    return Reading(path, ours, list(_by_gemmi(text)), ordered, seconds)


def _by_gemmi(text: str) -> Iterator[Crystal]:
    """The ordered crystals of a CIF by gemmi's own expansion of sites."""
    import gemmi

    try:
        document = gemmi.cif.read_string(text, check_level=0)
    except (ValueError, RuntimeError):
        return
    for block in document:
        small = gemmi.make_small_structure_from_block(block)
        sites = [site for site in small.get_all_unit_cell_sites() if site.element.atomic_number > 0]
        if sites and small.cell.is_crystal() and all(site.occ >= 1 for site in sites):
            lattice = np.array(small.cell.orth.mat.tolist()).T
            coords = [site.fract.tolist() for site in sites]
            yield Crystal.of(lattice, coords, [site.element.atomic_number for site in sites])


def _collections(readings: list[Reading]) -> list[Figure]:
    verdicts: Counter[str] = Counter()
    for reading in readings:
        for entry in reading.ours:
            verdict = _verdict(entry, reading)
            verdicts[verdict] += 1
            if verdict not in ("same as both", "refused by all") and not verdict.startswith("disordered"):
                said = entry.reason if isinstance(entry, Unreadable) else f"{len(entry)} atoms {entry.formula}"
                print(f"{reading.path.name}, {entry.name}: {verdict}: {said}")
    n = sum(verdicts.values())
    different = verdicts["different"]
    remark = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    words = "CIFs of public collections: the crystal of gemmi or pymatgen, or refused"
    return [Figure(words, "100 %", percent(1 - different / max(1, n)), n, different == 0, remark)]


def _verdict(entry: Crystal | Unreadable, reading: Reading) -> str:
    """How an entry compares with the two other readings of its file."""
    if isinstance(entry, Unreadable):
        if "partial occupancies" in entry.reason:
            return "disordered, refused"
        others = [name for name, read in (("gemmi", reading.gemmi), ("pymatgen", reading.pymatgen)) if read]
        return f"refused, read by {' and '.join(others)}" if others else "refused by all"
    same = [
        name
        for name, read in (("gemmi", reading.gemmi), ("pymatgen", reading.pymatgen))
        if any(is_same(entry, other) for other in read)
    ]
    return {0: "different", 1: f"same as {same[0] if same else ''} only", 2: "same as both"}[len(same)]


def is_same(first: Crystal, second: Crystal) -> bool:
    """Whether two readings of one CIF have the same elements at the same places of the cell, within 0.2 Å."""
    if len(first) != len(second):
        return False
    if not np.allclose(first.lattice @ first.lattice.T, second.lattice @ second.lattice.T, rtol=1e-4, atol=1e-3):
        return False
    matched = {k: _nearest(first, second, k) for k in range(len(first))}
    return all(
        distance < SAME and first.atomic_numbers[k] == second.atomic_numbers[j] for k, (j, distance) in matched.items()
    )


def _nearest(first: Crystal, second: Crystal, k: int) -> tuple[int, float]:
    offsets: NDArray[np.float64] = second.frac_coords - first.frac_coords[k]
    offsets -= np.round(offsets)
    distances: Any = np.linalg.norm(offsets @ first.lattice, axis=1)
    return int(distances.argmin()), float(distances.min())


def _speed(readings: list[Reading]) -> list[Figure]:
    read = [r for r in readings if r.pymatgen or any(isinstance(c, Crystal) for c in r.ours)]
    ours, theirs = (1000 * sum(r.seconds[k] for r in read) / max(1, len(read)) for k in (0, 1))
    return [
        number("CPU time of a CIF that is read", ours, "ms", len(read), remark=f"pymatgen: {theirs:.3g} ms"),
    ]
