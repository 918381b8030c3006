"""``electrolith build``: a data set of orbits from crystals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .error_reports import reports_errors


@reports_errors
def build(
    path: Annotated[Path, typer.Argument(help="Folder or zip of CIFs, CSV with a cif column, extxyz or parquet.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Data set to write, a .npz file.", show_default=False)],
    extra: Annotated[
        Path | None,
        typer.Option(help="Table with more properties; its first column names the crystals.", show_default=False),
    ] = None,
    verify: Annotated[bool, typer.Option(help="Check that the orbits reproduce each crystal.")] = True,
    workers: Annotated[int, typer.Option(help="Processes.")] = 1,
) -> None:
    """Convert crystals to space groups and orbits, for training or as a reference set.

    Crystals that cannot be converted are listed with the reason in NAME-left-out.csv beside the data set.
    """
    from functools import partial

    from ..gen.data.build_dataset import build as run
    from ..gen.data.build_dataset import with_columns, write_reasons
    from ..gen.data.read_crystals import read_crystals
    from ..parallel.ordered_pool import in_order

    entries = read_crystals(path)
    made = run(entries if extra is None else with_columns(entries, extra), verify, partial(in_order, workers=workers))
    out.parent.mkdir(parents=True, exist_ok=True)
    made.dataset.save(out)
    reasons = out.with_name(f"{out.stem}-left-out.csv")
    write_reasons(made.left_out, reasons)
    print(f"{len(made.dataset)} crystals in {out}; {len(made.left_out)} left out, with reasons, in {reasons}")
