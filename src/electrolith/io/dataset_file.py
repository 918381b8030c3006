"""The work behind ``electrolith build``: a data set file from crystals, with a table of the crystals left out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from ..gen.atomic import atomic_file, atomic_path
from ..gen.data.build_dataset import build, with_columns
from ..gen.data.left_out import write_reasons
from ..parallel.ordered_pool import in_order
from .limited_reading import read_within_limits
from .output_file import begins_with, claimed_file


def build_dataset_file(path: Path, out: Path, extra: Path | None = None, verify: bool = True, workers: int = 1) -> str:
    """Writes the data set ``out`` of the crystals at ``path``, and NAME-left-out.csv beside it; a line of summary.

    ``extra`` is a table with more properties. Raises ``UserError`` for a path or a table that cannot be read.
    """
    entries = read_within_limits(path)
    reasons = out.with_name(f"{out.stem}-left-out.csv")
    inputs = [path] if extra is None else [path, extra]
    with (
        claimed_file(out, inputs, _is_dataset, "a data set (.npz)"),
        claimed_file(reasons, inputs, _is_table, "a table of crystals left out"),
    ):
        result = build(
            entries if extra is None else with_columns(entries, extra), verify, partial(in_order, workers=workers)
        )
        with atomic_file(out) as file:
            result.dataset.save(file)
        with atomic_path(reasons) as part:
            write_reasons(result.left_out, part)
    return f"{len(result.dataset)} crystals in {out}; {len(result.left_out)} left out, with reasons, in {reasons}"


def _is_dataset(path: Path) -> bool:
    try:
        with ZipFile(path) as archive:
            return {"ids.npy", "space_group.npy", "positions.npy"} <= set(archive.namelist())
    except (BadZipFile, OSError):
        return False


def _is_table(path: Path) -> bool:
    return begins_with(path, b"name,formula,reason")
