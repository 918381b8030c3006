"""A progress bar with rate and time left, on stderr, for who watches; silent where stderr is not a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text


class _Rate(ProgressColumn):
    """Crystals a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.2g}/s" if task.speed else "–/s", style="cyan")


def progress_bar(remark: str) -> Progress:
    """A bar that counts crystals; ``remark`` stands at its end and may name the task's fields."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("crystals"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn(),
        TextColumn(f"[dim]{remark}"), console=console, disable=not console.is_terminal, transient=True,
    )  # fmt: skip
