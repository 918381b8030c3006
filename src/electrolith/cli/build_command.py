"""``electrolith build``: a data set of orbits from crystals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..gen.plain_text import plain
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
    from ..gen.reading.path_faults import missing_path  # numpy: keeps --help quick

    for one in (path, extra):
        if one is not None and not one.exists():
            raise missing_path(one)

    from ..io.dataset_file import build_dataset_file  # heavy: keeps --help quick

    print(plain(str(build_dataset_file(path, out, extra, verify, workers))))
