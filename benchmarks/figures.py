"""Figures that the benchmark scripts write and ``make_readme.py`` reads: values, bars, and their origin."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from electrolith.evaluation.metric import Measure

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results"  # crystals and stored results, from which a script continues; ignored by git
BEFORE = "measured at commit "  # in remarks of figures of an earlier run
MEASURED = HERE / "measured"  # the figures of each script, from which README.md is made


@dataclass(frozen=True)
class Figure:
    """A measured number and its bar.

    symbol     meaning
    measure    in words
    bar        the requirement, e.g. ``≥ 99.5 %``; empty without one
    value      as shown, e.g. ``99.8 % (99.3 to 100.0)``
    n          number of crystals
    met        whether the bar is met; None without a bar
    remark     what a reader must know to interpret the number
    """

    measure: str
    bar: str
    value: str
    n: int
    met: bool | None
    remark: str = ""


def percent(rate: float) -> str:
    """A share as text."""
    return f"{100 * rate:.1f} %"


def share(
    measure: Measure, words: str, at_least: float | None = None, at_most: float | None = None, remark: str = ""
) -> Figure:
    """The figure of a share; the bar is a share as well."""
    value = f"{percent(measure.value)} ({percent(measure.low)} to {percent(measure.high)})"
    return _figure(words, measure.value, value, measure.n, at_least, at_most, percent, remark)


def number(
    words: str, value: float, unit: str, n: int, at_most: float | None = None, interval: str = "", remark: str = ""
) -> Figure:
    """The figure of a number with a unit."""
    shown = " ".join(f"{value:.3g} {unit} {interval}".split()) if n else "no data"
    return _figure(words, value, shown, n, None, at_most, lambda x: f"{x:g} {unit}", remark)


def _figure(
    words: str, value: float, shown: str, n: int, at_least: float | None, at_most: float | None, say: Any, remark: str
) -> Figure:
    met = None
    bar = ""
    if at_least is not None:
        bar, met = f"≥ {say(at_least)}", value >= at_least
    if at_most is not None:
        bar, met = f"≤ {say(at_most)}", value <= at_most
    return Figure(words, bar, shown, n, met, remark)


def arguments(description: str) -> argparse.Namespace:
    """The parsed options that all benchmark scripts share."""
    return options(description).parse_args()


def options(description: str) -> argparse.ArgumentParser:
    """A parser of the options that all benchmark scripts share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--small", action="store_true", help="smoke test of a minute; its figures mean nothing")
    parser.add_argument("--checkpoint", help="name or folder of the weights (default: those in the package)")
    parser.add_argument("--again", action="store_true", help="ignore stored results")
    parser.add_argument("--quick", action="store_true", help="leave out the slowest part")
    parser.add_argument("--workers", type=int, help="processes (default: one per core)")
    parser.add_argument("--results", type=Path, help="folder of crystals and stored results (benchmarks/results)")
    return parser


def folder(args: argparse.Namespace) -> Path:
    """The folder of the crystals and stored results of this run."""
    path: Path = args.results or (RESULTS / "small" if args.small else RESULTS)
    path.mkdir(parents=True, exist_ok=True)
    return path


def save(script: str, figures: Sequence[Figure], args: argparse.Namespace, part: bool = False) -> None:
    """Writes and prints the figures of a script; a ``part`` keeps the other figures of earlier runs.

    The figures of a small run are written to the folder of its results, without others; those of others to
    ``measured``.
    """
    figures = _with_earlier(script, figures, args.checkpoint) if part and not args.small else figures
    record = {
        "command": " ".join(["python", f"benchmarks/{script}.py", *sys.argv[1:]]),
        "date": dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%d"),
        "machine": machine(),
        "weights": weight_hashes(args.checkpoint),
        "commit": _output("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        "figures": [asdict(f) for f in figures],
    }
    path = (folder(args) if args.small else MEASURED) / f"{script}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for f in figures:
        mark = {True: "met", False: "MISSED", None: "-"}[f.met]
        print(f"{mark:7s} {f.measure}: {f.value}   {f.bar}   n = {f.n}   {f.remark}")


def cached(path: Path, again: bool) -> Any:
    """The JSON of an earlier run, or None."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() and not again else None


def _with_earlier(script: str, figures: Sequence[Figure], checkpoint: str | None) -> list[Figure]:
    """The figures and those of an earlier run with the same weights, which get the commit of that run as a remark."""
    known = cached(MEASURED / f"{script}.json", again=False)
    if known is None or known["weights"] != weight_hashes(checkpoint):
        return list(figures)
    fresh = {f.measure: f for f in figures}
    earlier = [_dated(Figure(**f), known["commit"]) for f in known["figures"]]
    return [*(fresh.pop(f.measure, f) for f in earlier), *fresh.values()]


def _dated(figure: Figure, commit: str) -> Figure:
    """The figure with the commit at which it was measured, unless it has one."""
    if BEFORE in figure.remark:
        return figure
    return replace(figure, remark="; ".join(part for part in (figure.remark, BEFORE + commit) if part))


def machine() -> str:
    """Processor, number of cores, operating system and versions, in one line."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    import torch

    return f"{model}, {cores} cores, {platform.system()}, Python {platform.python_version()}, torch {torch.__version__}"


def weight_hashes(checkpoint: str | None) -> dict[str, str]:
    """First twelve digits of the SHA-256 of each weight file."""
    from electrolith.gen.weight_folders import folder_of

    files = sorted(folder_of(checkpoint or "default").glob("*.safetensors"))
    return {file.name: sha256(file.read_bytes()).hexdigest()[:12] for file in files}


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
