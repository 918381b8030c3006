"""What an evaluation writes: two files, and in runs with targets a journal in the folder of each run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ..io.disk_faults import disk_faults_reported
from ..io.output_file import begins_with, claimed_file
from ..io.run_lock import run_lock
from .oracle_findings import JOURNAL

PLOT_MARK = "<!-- plot of electrolith evaluate -->"  # how our plots begin; any drawing may begin with <svg


@contextmanager
def evaluation_outputs(
    json: Path | None, plot: Path | None, inputs: Sequence[Path], runs: Iterable[Path]
) -> Iterator[None]:
    """Holds the files ``json`` and ``plot`` and the folders of ``runs`` for one evaluation, see ``claimed_file``."""
    with ExitStack() as held:
        if json is not None:
            held.enter_context(claimed_file(json, inputs, _is_result, "results of evaluate (.json)", "--json"))
        if plot is not None:
            held.enter_context(claimed_file(plot, inputs, _is_plot, "a plot of evaluate (.svg)", "--plot"))
        for folder in {one if one.is_dir() else one.parent for one in runs if one.exists()}:
            held.enter_context(_held_run(folder))
        yield


@contextmanager
def _held_run(folder: Path) -> Iterator[None]:
    """Holds the folder of a run, in which the findings on its crystals are stored."""
    journal = folder / JOURNAL
    with disk_faults_reported(folder, "findings so far are kept: the same command continues"):
        try:
            with run_lock(folder):
                yield
        except KeyboardInterrupt as stop:
            done = journal.is_file() and journal.stat().st_size
            stop.add_note(f"findings so far are kept in {journal}: the same command continues." if done else "")
            raise


def _is_result(path: Path) -> bool:
    return begins_with(path, b'{\n "electrolith": ')


def _is_plot(path: Path) -> bool:
    return begins_with(path, PLOT_MARK.encode())
