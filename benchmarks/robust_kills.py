"""Robustness, part ``kills``: runs that are killed at random moments and resumed, and two runs in one folder."""

from __future__ import annotations

import argparse
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from figures import Figure
from forked_commands import Process, complaints, run
from small_runs import SmallRun, fresh_inputs, other_runs, result, small_runs

KILLS = 60
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
GONE_AFTER = 10.0  # s
DONE = (0, 3)  # exit codes of a finished run; 3: fewer crystals than requested


@dataclass
class Tally:
    """What the kills showed."""

    kills: int = 0
    in_time: int = 0
    equal: int = 0
    orphans: int = 0
    unclear: int = 0

    def __str__(self) -> str:
        return f"{self.equal} of {self.kills}"


def figures(args: argparse.Namespace) -> list[Figure]:
    """The figures of this part."""
    place, inputs = fresh_inputs(args, "kills")
    runs = small_runs(inputs, relax=not args.small)
    rng = np.random.default_rng(19)
    tally = Tally()
    faults: list[str] = []
    rounds = [runs[3]] if args.small else [runs[k % len(runs)] for k in range(KILLS)]
    whole: dict[str, tuple[dict[str, bytes], float]] = {}
    for k, one in enumerate(rounds):
        if one.name not in whole:
            whole[one.name] = _unbroken(one, place / "whole")
        number = SIGNALS[(k // len(runs) + k) % len(SIGNALS)]
        faults += _kill(one, place / f"{k:02d}", whole[one.name], number, float(rng.uniform(0.02, 0.98)), tally)
    figures = [
        Figure("kills after which the resumed result equals the unbroken one, byte for byte", f"{tally.kills} of "
               f"{tally.kills}", str(tally), tally.kills, tally.equal == tally.kills, "; ".join(faults[:5])),
        Figure("processes left 10 s after a kill", "0", str(tally.orphans), tally.kills, tally.orphans == 0,
               f"{tally.in_time} of the kills met a run that was not finished"),
        Figure("interrupted runs that say what is kept in one line", "all", f"{tally.unclear} do not", tally.kills,
               tally.unclear == 0),
    ]  # fmt: skip
    both = [runs[3]] if args.small else [*runs, *other_runs(inputs)]
    return [*figures, _two_at_once(both, place / "two", whole)]


def _unbroken(one: SmallRun, place: Path) -> tuple[dict[str, bytes], float]:
    """Result and duration of a run that is not killed."""
    out = _out(one, place)
    process = run(one.start(out), place / f"{out.name}.log")
    if process.code not in DONE:
        raise RuntimeError(f"{one.name} ended with {process.code}:\n{process.output[-2000:]}")
    return result(out), time.monotonic() - process.start


def _kill(
    one: SmallRun, place: Path, whole: tuple[dict[str, bytes], float], number: int, moment: float, tally: Tally
) -> list[str]:
    """Kills a run, looks for its children, and resumes it."""
    out = _out(one, place)
    name = f"{one.name}, {signal.Signals(number).name} at {moment:.0%}"
    process = Process.of(one.start(out), place / "killed.log")
    process.wait(moment * whole[1])
    tally.kills += 1
    tally.in_time += process.code is None
    process.send(number)
    code = process.wait(GONE_AFTER)
    deadline = time.monotonic() + GONE_AFTER
    while process.others() and time.monotonic() < deadline:
        time.sleep(0.05)
    left = len(process.others()) + (code is None)
    tally.orphans += left
    faults = [f"{name}: {left} processes left"] if left else []
    process.end()
    if code not in (*DONE, -number):  # -number: before the command could answer the signal
        said = complaints(process)
        if len(said) != 1 or "stopped" not in said[0]:
            tally.unclear += 1
            faults.append(f"{name}: said {process.output[-200:]!r}")
    if code in DONE and one.file:
        equal = result(out) == whole[0]
    else:
        if one.file and out.exists():
            faults.append(f"{name}: left {out.name}")
        again = run(one.again(out), place / "resumed.log")
        equal = again.code in DONE and result(out) == whole[0]
        if not equal:
            faults.append(
                f"{name}: resumed with {again.code}, {_difference(result(out), whole[0])} {again.output[-300:]}"
            )
    tally.equal += equal
    print(f"{name}: {'equal' if equal else 'DIFFERENT'} {faults}", flush=True)
    return faults


def _difference(found: dict[str, bytes], wanted: dict[str, bytes]) -> str:
    names = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
    return f"{len(names)} files differ: {', '.join(names[:3])}"


def _two_at_once(runs: list[SmallRun], place: Path, whole: dict[str, tuple[dict[str, bytes], float]]) -> Figure:
    """Starts a second run into the output of one that is running."""
    refused, faults = 0, []
    for one in runs:
        out = _out(one, place / one.name.replace(" ", ""))
        first = Process.of(one.start(out), out.parent / "first.log")
        lock = out.parent / f".{out.name}.lock" if one.file else out / ".lock"
        while not lock.exists() and first.wait(0) is None:
            time.sleep(0.002)
        second = run(one.again(out), out.parent / "second.log")
        said = complaints(second)
        good = second.code == 2 and len(said) == 1 and f"process {first.pid} on " in said[0]
        good &= first.wait() in DONE and (one.name not in whole or result(out) == whole[one.name][0])
        refused += good
        if not good:
            faults.append(
                f"{one.name}: {second.code}, {second.output[-200:]}, first {first.code} {first.output[-200:]}"
            )
        print(f"two at once, {one.name}: {said}", flush=True)
    n = len(runs)
    return Figure("two runs into one output: the second is refused in one line", f"{n} of {n}", f"{refused} of {n}", n,
                  refused == n, "; ".join(faults[:5]))  # fmt: skip


def _out(one: SmallRun, place: Path) -> Path:
    """Path of the output in a new folder."""
    place.mkdir(parents=True, exist_ok=True)
    return place / (one.name.replace(" ", "") + (".csv" if one.file else ""))
