"""Names of the files that a run writes to its folder; torch is not needed to know them."""

from __future__ import annotations

from ..io.folder_kind import FolderKind
from ..io.folder_listing import listed_files
from ..io.json_records import JsonRecords

CRYSTALS, REJECTED, CIFS, RUN, JOURNAL = "crystals.csv", "rejected.csv", "cifs", "run.yaml", ".chunks"
ZIP_NAME, EXTXYZ_NAME = "generated_crystals_cif.zip", "generated_crystals.extxyz"
FILES = (RUN, CRYSTALS, REJECTED, f"{JOURNAL}/", ZIP_NAME, EXTXYZ_NAME)
KIND = FolderKind(
    RUN,
    FILES,
    rf"{CIFS}/gen_\d+\.cif",
    lambda path: listed_files(path, CRYSTALS, FILES),
    lambda path: (path / ZIP_NAME).exists() or JsonRecords(path / JOURNAL).numbers()[:1] == [0],
)
