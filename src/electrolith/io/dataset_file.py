"""The work behind ``electrolith build``: a data set file from crystals, with a table of the crystals left out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ..gen.data.build_dataset import build, with_columns
from ..gen.data.left_out import write_reasons
from ..gen.reading.read_crystals import read_crystals
from ..parallel.ordered_pool import in_order


def build_dataset_file(path: Path, out: Path, extra: Path | None = None, verify: bool = True, workers: int = 1) -> str:
    """Writes the data set ``out`` of the crystals at ``path``, and NAME-left-out.csv beside it; a line of summary.

    ``extra`` is a table with more properties. Raises ``UserError`` for a path or a table that cannot be read.
    """
    entries = read_crystals(path)
    result = build(
        entries if extra is None else with_columns(entries, extra), verify, partial(in_order, workers=workers)
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    result.dataset.save(out)
    reasons = out.with_name(f"{out.stem}-left-out.csv")
    write_reasons(result.left_out, reasons)
    return f"{len(result.dataset)} crystals in {out}; {len(result.left_out)} left out, with reasons, in {reasons}"
