"""Relaxed crystals kept in a file, so that a stopped evaluation continues.

The file has a line of JSON for each crystal and potential; a kill may leave half a line at its end, which is cut off.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from ..gen.crystal import Crystal
from ..gen.stored_records import reading_back
from ..validators.relaxation.relax import Relaxed, relax
from .oracle_findings import digest
from .parallel_relaxation import relax_crystals

SUFFIX = ".relaxed.jsonl"  # after the name of the results
ARRAYS = ("lattice", "frac_coords", "atomic_numbers")


def journal_of(results: Path) -> Path:
    """The file of the relaxed crystals beside the results of an evaluation."""
    return results.with_name(results.name + SUFFIX)


def kept_relaxations(
    crystals: Sequence[Crystal], potential: str, journal: Path | None = None, workers: int | None = None
) -> Iterator[Relaxed]:
    """The relaxed crystals in the order of ``crystals``; those in the journal are not computed again.

    argument   meaning
    potential  by name
    journal    file of the relaxed crystals; without one, nothing is kept
    workers    processes; one per core where None

    Raises ``UserError`` for a file that is no journal, and for a potential that is not installed.
    """
    known = {} if journal is None else stored_relaxations(journal, potential)
    names = [digest(crystal) for crystal in crystals]
    missing = [crystal for crystal, name in zip(crystals, names, strict=True) if name not in known]
    relaxed = relax_crystals(missing, workers, partial(relax, potential=potential))
    for crystal, name in zip(crystals, names, strict=True):
        if name in known:
            yield known[name]
            continue
        one = next(relaxed)
        if journal is not None:
            _append(journal, potential, crystal, one)
        yield one


def stored_relaxations(journal: Path, potential: str) -> dict[str, Relaxed]:
    """The relaxed crystals of one potential by the digest of the crystal. Raises ``UserError`` for a damaged file."""
    if not journal.exists():
        return {}
    content = journal.read_bytes()
    complete = content[: content.rfind(b"\n") + 1]
    if len(complete) < len(content):
        os.truncate(journal, len(complete))
    found = {}
    with reading_back(journal, "Delete it, and its crystals are relaxed again"):
        for line in complete.splitlines():
            row = json.loads(line)
            if row["potential"] == potential:
                found[str(row["digest"])] = _relaxed(row)
    return found


def _append(journal: Path, potential: str, crystal: Crystal, relaxed: Relaxed) -> None:
    row: dict[str, object] = {"name": crystal.name, "digest": digest(crystal), "potential": potential}
    row |= {"steps": relaxed.steps, "converged": relaxed.converged}
    if relaxed.crystal is None:
        row |= {"failure": relaxed.failure, "unknown": relaxed.unknown}
    else:
        arrays = {name: getattr(relaxed.crystal, name).tolist() for name in ARRAYS}
        row |= {"energy": relaxed.energy} | arrays
    with journal.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(row) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _relaxed(row: dict[str, object]) -> Relaxed:
    steps, converged = int(str(row["steps"])), bool(row["converged"])
    if "failure" in row:
        return Relaxed(None, math.nan, steps, converged, str(row["failure"]), bool(row["unknown"]))
    lattice, coords, numbers = (row[name] for name in ARRAYS)
    crystal = Crystal.of(lattice, coords, numbers)  # type: ignore[arg-type]  # arrays of JSON
    return Relaxed(crystal, float(str(row["energy"])), steps, converged)
