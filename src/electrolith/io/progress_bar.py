"""Progress bars with rate and time left on stderr; silent where stderr is not a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class _Rate(ProgressColumn):
    """Crystals per second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.2g}/s" if task.speed else "–/s", style="cyan")


class StepBars:
    """Progress bars of successive steps on stderr; a line for each step where stderr is not a terminal."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        self.progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=self.console, disable=not self.console.is_terminal, transient=True,
        )  # fmt: skip
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.progress.stop()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Updates the bar of a step."""
        if step not in self.tasks:
            for task in self.tasks.values():
                self.progress.update(task, visible=False)
            self.tasks[step] = self.progress.add_task(step, total=total)
            if not self.console.is_terminal:
                self.console.print(f"{step} …", highlight=False)
        self.progress.update(self.tasks[step], completed=done, total=total)


def progress_bar(remark: str) -> Progress:
    """A bar that counts crystals; ``remark`` is shown at its end and may refer to the task's fields."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("crystals"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn(),
        TextColumn(f"[dim]{remark}"), console=console, disable=not console.is_terminal, transient=True,
    )  # fmt: skip
