"""The work behind ``electrolith screen``, ``relax`` and ``check``: a run with its progress bar, then its results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..gen.errors import UserError
from ..gen.reading.path_faults import refuse_faulty_path
from ..io.output_folder import require_claimable
from ..parallel.cores import cores
from .check_display import print_checks, print_json, print_verdicts
from .relaxation_recipe import relaxation_recipe
from .screen_display import ScreeningBar, show_screening
from .screen_folder import KIND
from .screening_request import ScreeningRequest, screening_request
from .screening_run import screen_to_folder
from .single_check import list_checks, run_single_check


def screen_on_terminal(
    paths: Sequence[Path],
    recipe: str | None,
    potential: str | None,
    limit: int | None,
    dynamics: bool,
    out: Path,
    workers: int | None,
    resume: bool,
    overwrite: bool,
    orderings: int | None = None,
) -> None:
    """Screens ``paths`` into the folder ``out`` and prints the results. Raises ``UserError``."""
    processes = _processes(workers)
    request = screening_request(paths, recipe, potential, limit, out if resume else None, dynamics, orderings)
    inputs = [Path(recipe)] if recipe is not None and Path(recipe).is_file() else []
    _run(request, out, processes, resume, overwrite, inputs)


def relax_on_terminal(
    path: Path, limit: int | None, out: Path, workers: int | None, resume: bool, overwrite: bool, **options: Any
) -> None:
    """Relaxes crystals into the folder ``out`` and prints the results; ``options`` are those of the relaxation."""
    processes = _processes(workers)
    refuse_faulty_path(path)  # before the potential is loaded
    require_claimable(out, KIND, [path], resume=resume, overwrite=overwrite)
    request = ScreeningRequest((str(path),), relaxation_recipe(**options), limit)
    _run(request, out, processes, resume, overwrite)


def check_on_terminal(
    name: str, targets: Sequence[str], settings: Sequence[str], limit: int | None, json: bool, orderings: int
) -> None:
    """Runs one check on paths or formulas and prints the verdicts. Raises ``UserError``."""
    if not targets:
        raise UserError(f"check {name} needs crystals: give files, folders, or, for some checks, formulas.")
    if orderings < 1:
        raise UserError(f"--orderings {orderings}: it must be at least 1.")
    verdicts = run_single_check(name, targets, settings, limit, orderings)
    if json:
        print_json(verdicts)
    else:
        print_verdicts(verdicts)


def list_on_terminal() -> None:
    """Prints all checks with their questions and options."""
    print_checks(list_checks())


def _processes(workers: int | None) -> int:
    if workers is not None and workers < 1:
        raise UserError(f"--workers {workers}: it must be at least 1.")
    return workers or cores()


def _run(
    request: ScreeningRequest, out: Path, workers: int, resume: bool, overwrite: bool, inputs: Sequence[Path] = ()
) -> None:
    with ScreeningBar() as bar:
        screen_to_folder(request, out, workers=workers, resume=resume, overwrite=overwrite, inputs=inputs, watch=bar)
    show_screening(out)
