"""The work behind ``electrolith order``, ``dope`` and ``variants``: a run with its progress, then the best models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from ..gen.errors import UserError
from ..gen.typed_records import read_record
from ..io.folder_listing import existing
from ..io.plain_console import PlainConsole, shown
from ..io.progress_bar import StepBars
from ..io.progress_lines import ProgressLines
from ..parallel.cores import cores
from ..validators.relaxation.potentials import potential_named
from .model_folder import CIFS, TABLE, Made
from .model_request import MakeModels, ModelRequest
from .model_run import make_models
from .order_models import COLUMNS, OrderModels
from .order_options import NONE, OrderOptions

SHOWN = 10  # models in the table


def order_on_terminal(
    paths: Sequence[Path], given: Mapping[str, Any], *, out: Path, limit: int | None, **how: Any
) -> None:
    """Orders the crystals in the paths into the folder ``out`` and prints the best models. Raises ``UserError``."""
    options = order_options(given)
    request = ModelRequest("order", tuple(str(path) for path in paths), asdict(options), COLUMNS, limit)
    run_on_terminal(request, OrderModels(options), out, **how)


def order_options(given: Mapping[str, Any]) -> OrderOptions:
    """The options, checked. Raises ``UserError``, also for a potential with an unknown name."""
    options = read_record(OrderOptions, given, noun="option")
    if options.potential != NONE:
        potential_named(options.potential)
    return options


def run_on_terminal(
    request: ModelRequest, job: MakeModels, out: Path, *, workers: int | None, resume: bool, overwrite: bool
) -> None:
    """Runs with a progress bar, then prints the best models. Raises ``UserError``."""
    if workers is not None and workers < 1:
        raise UserError(f"--workers {workers}: it must be at least 1.")
    if request.limit is not None and request.limit < 1:
        raise UserError(f"--limit {request.limit}: it must be at least 1.")
    lines = ProgressLines()
    with StepBars() as bars:

        def watch(done: int, total: int) -> None:
            bars("models of crystals", done, total)
            lines(done, total, "models made")

        processes = workers or cores()
        made = make_models(request, job, out, workers=processes, resume=resume, overwrite=overwrite, watch=watch)
    print_models(made, request.columns, out)


def print_models(made: Sequence[Made], columns: Sequence[str], out: Path) -> None:
    """Prints the first models, the crystals without any, and the paths of the results."""
    terminal = PlainConsole()
    rows = [(file, values) for one in made for file, values in zip(one.files, one.rows, strict=True)]
    if rows:
        table = Table(box=None, header_style="bold", pad_edge=False)
        used = [name for name in columns if any(values.get(name, "") != "" for _, values in rows[:SHOWN])]
        for heading in ("file", *used):
            table.add_column(heading)
        for file, values in rows[:SHOWN]:
            table.add_row(shown(Path(file).name), *(shown(str(values.get(name, ""))) for name in used))
        terminal.print(table)
    failed = [one for one in made if one.reason]
    for one in failed[:SHOWN]:
        terminal.print(f"{one.id}: {one.reason}.")
    said = {remark: None for one in made[:SHOWN] for remark in one.remarks}
    for remark in said:
        terminal.print(remark)
    counts = f"{len(rows):,} models of {len(made) - len(failed):,} crystals"
    terminal.print(f"{counts}; {len(failed):,} without models." if failed else f"{counts}.")
    terminal.print(existing(out, TABLE, CIFS))
