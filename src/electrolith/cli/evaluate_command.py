"""``electrolith evaluate``: the field's measures of anyone's crystals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..gen.errors import UserError
from .error_reports import reports_errors

if TYPE_CHECKING:
    from ..evaluation import Evaluation


@reports_errors
def evaluate(
    path: Annotated[Path, typer.Argument(help="Folder or zip of CIFs, an extxyz, or a CSV with a cif column.")],
    reference: Annotated[
        Path | None, typer.Option(help="Known crystals (default: those in the package).", show_default=False)
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="True structures: measures structure prediction instead.", show_default=False)
    ] = None,
    tries: Annotated[int, typer.Option(help="With --truth: predictions of each structure that count.")] = 1,
    targets: Annotated[
        bool, typer.Option("--targets", help="Judge a run by the properties that it was asked for instead.")
    ] = False,
    baseline: Annotated[
        Path | None, typer.Option(help="With --targets: a run without them, for the lift.", show_default=False)
    ] = None,
    judge: Annotated[
        str, typer.Option(help="With --targets: the potential that tells moduli.", metavar="POTENTIAL")
    ] = "sevenn-l3i5",
    thrifty: Annotated[
        bool,
        typer.Option(
            "--thrifty", help="With --targets: ask a costly judge only where the cheaper ones found what was asked."
        ),
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(help="With --targets: asked against found, as SVG.", show_default=False)
    ] = None,
    relax: Annotated[bool, typer.Option("--relax", help="Relax with CHGNet: stability and distance moved.")] = False,
    limit: Annotated[int | None, typer.Option(help="The first so many crystals only.", show_default=False)] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes for --relax and --targets.", show_default=False)
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", help="Write all of it to this file.", show_default=False)
    ] = None,
) -> None:
    """Measure validity, symmetry, uniqueness, novelty and, with --relax, stability; each with a 95 % interval.

    With --targets: relax with CHGNet, compute what was asked for (moduli by finite strain, Li⁺ barriers by bond
    valences, energies, density), and say how often it is found as asked. What is judged stays in the folder: a killed
    evaluation goes on there.
    """
    from rich.console import Console

    from .. import evaluation

    if not targets and (baseline or plot or thrifty):
        raise UserError("--baseline, --plot and --thrifty need --targets.")
    if targets:
        found = _targets(path, baseline, judge, limit, workers, thrifty)
    elif truth is None:
        found = evaluation.evaluate(path, reference, relax, limit, workers)
    else:
        found = evaluation.evaluate_prediction(path, truth, tries)
    Console().print(found.table())
    if json is not None:
        found.save(json)
    if plot is not None and targets:
        from ..evaluation.calibration_plot import write_calibration_plot

        write_calibration_plot(plot, found)


def _targets(
    path: Path, baseline: Path | None, judge: str, limit: int | None, workers: int | None, thrifty: bool
) -> Evaluation:
    from rich.console import Console
    from rich.progress import Progress

    from .. import evaluation

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("judging")

        def watch(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return evaluation.evaluate_targets(path, baseline, judge, limit, workers, watch, thrifty)
