"""The output folder of a screening, which grows by whole rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..gen.atomic import remove_parts, write_atomic
from ..gen.crystal import Crystal
from ..gen.symmetry.orbits import NoOrbits, orbits_of
from ..gen.symmetry.space_group_search import STRICT_SYMPREC
from ..io.cif_writer import cif_text, comment_lines
from ..io.csv_rows import csv_text
from ..io.folder_kind import FolderKind
from ..io.folder_listing import listed_files
from ..io.json_records import JsonRecords
from ..io.output_folder import append_whole
from ..io.recorded_folder import RecordedFolder
from ..recipes.recipe import Recipe
from .candidate_table import details_of, header, row
from .results import ScreeningResult

TABLE, CIFS, RECORD, REPORT, ROWS = "candidates.csv", "cifs", "screen.yaml", "report.html", ".rows"
PATHS = "paths.csv"
FILES = (RECORD, TABLE, REPORT, PATHS, f"{ROWS}/")
KIND = FolderKind(
    RECORD,
    FILES,
    rf"{CIFS}/\d{{3,}}_[^/]*\.cif",
    lambda path: listed_files(path, TABLE, FILES),
    lambda path: (path / REPORT).exists() or bool(JsonRecords(path / ROWS).numbers()),
)


class ScreenFolder(RecordedFolder):
    """The files of one screening.

    candidates.csv  a row per crystal          cifs/001_ID.cif  survivors, the best first
    report.html     the results as a page      screen.yaml      recipe, versions, times
    paths.csv       the migration paths of the survivors: distance (Å), energy (eV), fractional coordinates
    .rows           the journal, a record per finished crystal, until the run is complete
    .manifest       names of all these files: ``--overwrite`` removes no others
    """

    kind = KIND

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.journal = JsonRecords(path / ROWS)

    def restart(self, recipe: Recipe, done: Sequence[ScreeningResult]) -> None:
        """Writes the table of finished crystals anew and removes half-written files of a killed run."""
        for folder in (self.path, self.path / CIFS):
            remove_parts(folder)
        self.journal.remove_parts()
        rows: list[Sequence[object]] = [header(recipe), *(row(one, recipe) for one in done)]
        write_atomic(self.path / TABLE, csv_text(rows).encode())

    def append(self, recipe: Recipe, one: ScreeningResult) -> None:
        """Adds a finished crystal to the table, without its rank, which is known at the end."""
        append_whole(self.path / TABLE, csv_text([row(one, recipe)]))

    def finish(self, recipe: Recipe, ranked: Sequence[ScreeningResult]) -> None:
        """Writes the whole table in order of rank, with all details, and the CIFs of the survivors."""
        files = {one.place: f"{CIFS}/{one.rank:03d}_{one.id}.cif" for one in ranked if one.rank}
        self.manifest.start([*FILES, *files.values()])
        (self.path / CIFS).mkdir(exist_ok=True)
        for one in ranked:
            if one.place in files:
                write_atomic(self.path / files[one.place], cif_of(one, recipe).encode())
        details = details_of(ranked, recipe)
        rows: list[Sequence[object]] = [header(recipe, details)]
        rows += [row(one, recipe, details, files.get(one.place, "")) for one in ranked]
        write_atomic(self.path / TABLE, csv_text(rows).encode())
        paths = path_rows(ranked)
        if len(paths) > 1:
            write_atomic(self.path / PATHS, csv_text(paths).encode())


def path_rows(ranked: Sequence[ScreeningResult]) -> list[Sequence[object]]:
    """The migration paths of the survivors as a table: a row for each point, after the header."""
    rows: list[Sequence[object]] = [("id", "check", "distance (Å)", "energy (eV)", "x", "y", "z")]
    for one in ranked:
        if one.rank:
            rows += [(one.id, answer.step, *point) for answer in one.answers for point in answer.verdict.profile]
    return rows


def cif_of(one: ScreeningResult, recipe: Recipe) -> str:
    """CIF of a survivor with its verdicts: in the standard cell if symmetry is found at 0.01 Å, else as it is."""
    assert one.crystal is not None
    lines = [f"screened by electrolith with the recipe {recipe.name}: rank {one.rank}"]
    lines += [f"read: {remark}" for remark in one.crystal.remarks]
    lines += [f"check {a.step}: {a.verdict.answer}, {a.verdict.reason}" for a in one.answers]
    try:
        return cif_text(orbits_of(one.crystal, STRICT_SYMPREC), one.id, lines)
    except NoOrbits:
        return "\n".join([*comment_lines(lines), plain_cif(one.crystal)])


def plain_cif(crystal: Crystal) -> str:
    """A CIF without symmetry."""
    from pymatgen.io.cif import CifWriter

    return str(CifWriter(crystal.structure))
