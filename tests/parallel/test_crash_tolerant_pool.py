"""Jobs that kill their process or never end get a result from their notes; all other jobs are done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, sys, time
from pathlib import Path
from electrolith.gen.errors import UserError
from electrolith.parallel.crash_tolerant_pool import as_finished

def job(item, send_note):
    send_note(f"began {item}")
    if item == 2:
        os._exit(9)
    if item == 3 and not Path(os.environ["MARK"]).exists():
        Path(os.environ["MARK"]).touch()
        os.abort()
    if item == 4:
        time.sleep(3600)
    if item == 99:
        raise UserError("this item is wrong")
    return item

def make():
    return job

def on_death(item, notes, reason):
    return f"{item}: {notes} {reason}"

if __name__ == "__main__":
    items = [int(word) for word in sys.argv[1:]]
    try:
        for result in as_finished(make, iter(items), 2, on_death, patience=8.0):
            print(result, flush=True)
    except UserError as error:
        print("raised", error)
"""


def lines(tmp_path: Path, *items: int) -> list[str]:
    """The results of a pool of two processes for these items."""
    script = tmp_path / "pool.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), *map(str, items)]
    environment = os.environ | {"MARK": str(tmp_path / "mark")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_job_that_kills_its_process_or_never_ends_is_given_up_and_the_others_are_done(tmp_path: Path) -> None:
    """Job 2 always dies, 3 only the first time, 4 sleeps."""
    printed = lines(tmp_path, *range(7))
    assert {"0", "1", "3", "5", "6"} < set(printed)
    assert "2: ['began 2'] the process died with exit code 9" in printed
    assert "4: ['began 4'] it took longer than 8 s" in printed
    assert len(printed) == 7


def test_a_usage_error_of_a_job_ends_the_pool_and_is_raised(tmp_path: Path) -> None:
    assert lines(tmp_path, 1, 99)[-1] == "raised this item is wrong"


def test_no_items_give_no_results(tmp_path: Path) -> None:
    assert lines(tmp_path) == []
