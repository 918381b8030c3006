"""``electrolith evaluate``: metrics of crystals, of predicted structures, or of the targets of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ..gen.errors import UserError
from .error_reports import reports_errors

CRYSTALS = "Crystals from any generator (default)"
PREDICTION = "Structure prediction (--truth)"
TARGETS = "Targets of a run (--targets)"


def _option(words: str, panel: str | None = None, **more: Any) -> Any:
    return typer.Option(help=words, rich_help_panel=panel, show_default=False, **more)


@reports_errors
def evaluate(
    path: Annotated[Path, typer.Argument(help="Folder or zip of CIFs, an extxyz, or a CSV with a cif column.")],
    reference: Annotated[
        Path | None, _option("Known crystals, against which novelty is determined (those in the package).", CRYSTALS)
    ] = None,
    relax: Annotated[
        bool, typer.Option("--relax", help="Relax each crystal: stability, displacement.", rich_help_panel=CRYSTALS)
    ] = False,
    potential: Annotated[
        list[str] | None,
        _option("With --relax: one or more, e.g. chgnet,sevenn-0 (chgnet).", CRYSTALS, metavar="POTENTIALS"),
    ] = None,
    truth: Annotated[Path | None, _option("The true structures.", PREDICTION)] = None,
    tries: Annotated[int, _option("Predictions that count for each true structure (1).", PREDICTION)] = 1,
    targets: Annotated[
        bool,
        typer.Option("--targets", help="Compute the requested properties, and compare them.", rich_help_panel=TARGETS),
    ] = False,
    baseline: Annotated[Path | None, _option("A run without the targets, for the lift.", TARGETS)] = None,
    judge: Annotated[
        str, _option("Potential that computes moduli (sevenn-l3i5).", TARGETS, metavar="POTENTIAL")
    ] = "sevenn-l3i5",
    thrifty: Annotated[
        bool,
        typer.Option(
            "--thrifty",
            help="Compute a costly property only where the cheaper ones meet their targets.",
            rich_help_panel=TARGETS,
        ),
    ] = False,
    plot: Annotated[Path | None, _option("Plot requested and computed values in this SVG.", TARGETS)] = None,
    limit: Annotated[int | None, _option("Use only the first N crystals.", metavar="N")] = None,
    workers: Annotated[int | None, _option("Processes for --relax and --targets (one per core).", metavar="N")] = None,
    json: Annotated[Path | None, _option("Write all results to this file.")] = None,
) -> None:
    """Measure crystals from any generator; every figure has a 95 % interval.

    By default: validity, symmetry, uniqueness, novelty, and with --relax stability. --potential takes chgnet, sevenn-0,
    sevenn-l3i5, nequix:FILE, or any ASE calculator as module:function; of several, separated by commas, each gives its
    own figures. With --json, relaxed crystals are kept in FILE.relaxed.jsonl: a stopped evaluation continues.

    With --truth: match rate and distance of predicted structures to the true ones.

    With --targets: how often the crystals of a run meet its targets. The crystals are relaxed with CHGNet, and their
    properties computed: moduli by finite strain, Li⁺ barriers by bond valences, energies, density. Finished crystals
    are stored in the folder of the run, so that a killed evaluation continues.
    """
    if not targets and (baseline or plot or thrifty):
        raise UserError("--baseline, --plot and --thrifty need --targets.")
    if potential and not relax:
        raise UserError("--potential needs --relax. With --targets, --judge names the potential.")
    if limit is not None and limit < 1:
        raise UserError(f"--limit {limit}: it must be at least 1.")
    from ..gen.reading.path_faults import refuse_faulty_path  # numpy: keeps --help quick

    for one in (path, truth, baseline, None if reference is None or reference.suffix == ".npz" else reference):
        if one is not None:
            refuse_faulty_path(one)

    from .. import evaluation  # heavy: keeps --help quick
    from ..evaluation.evaluation_outputs import evaluation_outputs  # heavy, as above

    inputs = [one for one in (path, reference, truth, baseline) if one is not None]
    with evaluation_outputs(json, plot, inputs, [one for one in (path, baseline) if one and targets]):
        if targets:
            with _bar() as watch:
                found = evaluation.evaluate_targets(path, baseline, judge, limit, workers, watch, thrifty)
        elif truth is not None:
            found = evaluation.evaluate_prediction(path, truth, tries)
        else:
            names = [name for one in potential or ["chgnet"] for name in one.split(",") if name]
            journal = json.with_name(f"{json.name}.relaxed.jsonl") if json and relax else None
            found = evaluation.evaluate(path, reference, relax, limit, workers, None, names, journal)
        found.show()
        if json is not None:
            found.save(json)
        if plot is not None:
            evaluation.write_calibration_plot(plot, found)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, as the function that moves it."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("computing properties")
        yield lambda done, total: bar.update(task, completed=done, total=total)
