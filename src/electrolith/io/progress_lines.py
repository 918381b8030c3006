"""Lines of progress on stderr where it is no terminal: a bar would fill a file, and silence looks like a hang."""

from __future__ import annotations

import sys
import time

INTERVAL = 10.0  # s, also before the first line: a short run has none


class ProgressLines:
    """Prints the counts of a run, at most once in each ``INTERVAL``; nothing on a terminal, which has a bar."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, done: int, total: int, remark: str) -> None:
        """Prints the counts, if it is time."""
        now = time.monotonic()
        if now - self.last >= INTERVAL and not sys.stderr.isatty():
            self.last = now
            print(f"{done:,} of {total:,} crystals; {remark}", file=sys.stderr, flush=True)
