"""A run whose output is no terminal says now and then how far it is."""

from __future__ import annotations

import pytest

from electrolith.generation.run_display import Bar
from electrolith.generation.run_progress import RunProgress
from electrolith.io import progress_lines
from electrolith.screening.screen_display import ScreeningBar
from electrolith.screening.screening_run import ScreeningProgress


def test_runs_print_a_line_at_each_interval(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 0.0
    monkeypatch.setattr(progress_lines.time, "monotonic", lambda: seconds)
    with Bar() as bar, ScreeningBar() as screening:
        for done in range(30):
            seconds += 1.0
            bar(RunProgress(2000, generated=done, rejected=2))
            screening(ScreeningProgress(40, done, 1))
    lines = capsys.readouterr().err.splitlines()
    assert lines[::2] == [f"{done} of 2,000 crystals; 2 candidates rejected" for done in (9, 19, 29)]
    assert lines[1::2] == [f"{done} of 40 crystals; 1 passed all checks" for done in (9, 19, 29)]
