"""The output folder of ``order``, ``dope`` and ``variants``: CIFs of models and a table of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..gen.atomic import remove_parts, write_atomic
from ..gen.crystal import Crystal
from ..gen.symmetry.orbits import NoOrbits, orbits_of
from ..gen.symmetry.space_group_search import STRICT_SYMPREC
from ..io.cif_writer import cif_text, comment_lines
from ..io.csv_rows import csv_text
from ..io.folder_kind import FolderKind
from ..io.json_records import JsonRecords
from ..io.recorded_folder import RecordedFolder
from .disordered_cif import cell_lines, site_lines

TABLE, CIFS, RECORD, ROWS = "models.csv", "cifs", "models.yaml", ".rows"
FILES = (RECORD, TABLE, f"{ROWS}/")
KIND = FolderKind(RECORD, FILES, rf"{CIFS}/[^/]*\.cif", kept=lambda path: bool(JsonRecords(path / ROWS).numbers()))


@dataclass(frozen=True)
class Made:
    """The models of one input crystal.

    symbol   meaning
    place    number in the input, from 0
    id       name of the input, unique within the run
    rows     columns of the table, a row for each model
    cifs     text of the CIF of each model
    reason   why there are no models; empty where there are
    remarks  of the reader and of rounding
    source   the file that the input was read from
    """

    place: int
    id: str
    rows: tuple[Mapping[str, Any], ...] = ()
    cifs: tuple[str, ...] = ()
    reason: str = ""
    remarks: tuple[str, ...] = field(default=())
    source: str = ""

    @property
    def files(self) -> list[str]:
        """Names of the CIFs, the best first."""
        return [f"{CIFS}/{self.id}-{k}.cif" for k in range(1, len(self.cifs) + 1)]


class ModelFolder(RecordedFolder):
    """The files of one run.

    models.csv     a row for each model, and for each input without one
    models.yaml    command, options, versions
    cifs/ID-1.cif  models, the best of each input first
    .rows          the journal, until the run is complete
    """

    kind = KIND

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.journal = JsonRecords(path / ROWS)

    def restart(self) -> None:
        """Removes half-written files of a killed run."""
        for folder in (self.path, self.path / CIFS):
            remove_parts(folder)
        self.journal.remove_parts()

    def finish(self, made: Sequence[Made], columns: Sequence[str]) -> None:
        """Writes the table and the CIFs, in the order of the input."""
        files = [name for one in made for name in one.files]
        self.manifest.start([*FILES, *files])
        (self.path / CIFS).mkdir(exist_ok=True)
        rows: list[Sequence[object]] = [["input", "rank", *columns, "file", "reason", "remarks", "source"]]
        for one in made:
            last = ["; ".join(one.remarks), one.source]
            if one.reason:
                rows.append([one.id, "", *[""] * len(columns), "", one.reason, *last])
            for rank, (values, file, text) in enumerate(zip(one.rows, one.files, one.cifs, strict=True), start=1):
                write_atomic(self.path / file, text.encode())
                rows.append([one.id, rank, *(values.get(name, "") for name in columns), file, "", *last])
        write_atomic(self.path / TABLE, csv_text(rows).encode())


def model_cif(crystal: Crystal, comments: Sequence[str] = ()) -> str:
    """CIF of a model: in the standard cell if symmetry is found at 0.01 Å, else as it is."""
    try:
        return cif_text(orbits_of(crystal, STRICT_SYMPREC), crystal.name, comments)
    except NoOrbits:
        sites = [{int(z): 1.0} for z in crystal.atomic_numbers]
        lines = [*comment_lines(comments), *cell_lines(crystal.lattice, crystal.name)]
        return "\n".join([*lines, *site_lines(crystal.frac_coords, sites)]) + "\n"


def file_name(name: str, taken: dict[str, int]) -> str:
    """The name as a valid file name, with a number if an earlier input has the same (``taken``: name → last number)."""
    safe = re.sub(r"[^\w.+()-]+", "_", name).strip("._")[:80] or "crystal"
    taken[safe] = taken.get(safe, 0) + 1
    return safe if taken[safe] == 1 else file_name(f"{safe}_{taken[safe]}", taken)
