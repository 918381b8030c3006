"""Results come in order, failures are reported, and no process is left behind.

Forking is tested in a separate process, because that of pytest has threads.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = """
import os, time
from electrolith.parallel.ordered_pool import in_order
from electrolith.gen.errors import ElectrolithError
"""


def python(code: str, limit: float = 60.0) -> str:
    done = subprocess.run(
        [sys.executable, "-c", HEAD + code], capture_output=True, text=True, check=False, timeout=limit
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_results_come_in_the_order_of_the_items() -> None:
    code = """
def slow_first(k):
    time.sleep(0.3 if k == 0 else 0.0)
    return k * k
print(list(in_order(slow_first, range(20), 3)))
"""
    assert python(code) == str([k * k for k in range(20)])


def test_a_failure_in_a_worker_is_raised_here() -> None:
    code = """
def fails(k):
    if k == 2:
        raise ValueError("two")
    return k
try:
    list(in_order(fails, range(5), 2))
except ValueError as error:
    print("raised", error)
"""
    assert python(code) == "raised two"


def test_a_worker_that_dies_ends_the_run_with_a_sentence() -> None:
    code = """
def dies(k):
    if k == 3:
        os._exit(9)
    return k
done = []
try:
    for result in in_order(dies, range(6), 2):
        done.append(result)
except ElectrolithError as error:
    print(set(done) <= {0, 1, 2}, "exit code 9" in str(error), "--workers" in str(error))
"""
    assert python(code) == "True True True"


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads states of processes in /proc")
@pytest.mark.parametrize("fault", ["os.kill(os.getpid(), signal.SIGSTOP)", "time.sleep(3600)"])
def test_a_worker_that_is_stopped_or_sleeps_ends_the_run_with_a_sentence(fault: str) -> None:
    code = f"""
import signal
from electrolith.parallel import ordered_pool
ordered_pool.POLL = 0.1
def hangs(k):
    if k == 1:
        {fault}
    end = time.monotonic() + 0.8
    while time.monotonic() < end:
        pass
    return k
try:
    list(in_order(hangs, range(4), 2, patience=0.5))
except ElectrolithError as error:
    print(str(error).startswith("a worker hangs: process "))
"""
    assert python(code) == "True"


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_workers_end_with_their_parent() -> None:
    code = """
def stays(k):
    os.kill(os.getpid(), 19)  # stopped: it cannot end by itself
    time.sleep(3600)
print(os.getpid(), flush=True)
list(in_order(stays, range(2), 2))
"""
    with subprocess.Popen([sys.executable, "-c", HEAD + code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        children = _wait_for(lambda: _children(pid), lambda found: len(found) == 2)
        parent.kill()
    assert len(children) == 2
    assert not _wait_for(lambda: [child for child in children if _runs(child)], lambda left: not left)


def _wait_for(look: Callable[[], list[int]], enough: Callable[[list[int]], bool]) -> list[int]:
    deadline = time.monotonic() + 30
    while not enough(found := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
