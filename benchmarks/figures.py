"""What the benchmark scripts write and ``make_readme.py`` reads: figures, their bars, where they were measured."""

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
RESULTS = HERE / "results"  # crystals and all that a script goes on from; ignored by git
BEFORE = "measured at commit "  # in remarks on figures of an earlier run
MEASURED = HERE / "measured"  # the figures of each script, from which README.md is made


@dataclass(frozen=True)
class Figure:
    """One measured number beside its bar.

    symbol     meaning
    measure    in words
    bar        what was asked, e.g. ``≥ 99.5 %``; empty where nothing was
    value      as shown, e.g. ``99.8 % (99.3 to 100.0)``
    n          crystals
    met        whether the bar is met; None without a bar
    remark     what a reader must know to judge the number
    """

    measure: str
    bar: str
    value: str
    n: int
    met: bool | None
    remark: str = ""


def percent(rate: float) -> str:
    """A share as it is shown."""
    return f"{100 * rate:.1f} %"


def share(
    measure: Measure, words: str, at_least: float | None = None, at_most: float | None = None, remark: str = ""
) -> Figure:
    """A share as a figure; the bar is a share as well."""
    value = f"{percent(measure.value)} ({percent(measure.low)} to {percent(measure.high)})"
    return _figure(words, measure.value, value, measure.n, at_least, at_most, percent, remark)


def number(
    words: str, value: float, unit: str, n: int, at_most: float | None = None, interval: str = "", remark: str = ""
) -> Figure:
    """A number with a unit as a figure."""
    shown = " ".join(f"{value:.3g} {unit} {interval}".split()) if n else "nothing to measure"
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
    """What was given for the options that all benchmark scripts share."""
    return options(description).parse_args()


def options(description: str) -> argparse.ArgumentParser:
    """The options that all benchmark scripts share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--small", action="store_true", help="a smoke run of minutes; its figures mean nothing")
    parser.add_argument("--checkpoint", help="name or folder of the weights (default: those in the package)")
    parser.add_argument("--again", action="store_true", help="measure again what is already measured")
    parser.add_argument("--quick", action="store_true", help="leave out what takes longest")
    parser.add_argument("--workers", type=int, help="processes (default: one per core)")
    return parser


def folder(small: bool) -> Path:
    """Where crystals of this kind of run lie."""
    path = RESULTS / "small" if small else RESULTS
    path.mkdir(parents=True, exist_ok=True)
    return path


def save(script: str, figures: Sequence[Figure], small: bool, checkpoint: str | None, part: bool = False) -> None:
    """Writes a script's figures and prints them; those of a ``part`` stand among the ones measured before."""
    figures = _with_earlier(script, figures, checkpoint) if part else figures
    record = {
        "command": " ".join(["python", f"benchmarks/{script}.py", *sys.argv[1:]]),
        "date": dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%d"),
        "machine": machine(),
        "weights": weight_hashes(checkpoint),
        "commit": _output("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        "figures": [asdict(f) for f in figures],
    }
    path = (folder(small) if small else MEASURED) / f"{script}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for f in figures:
        mark = {True: "met", False: "MISSED", None: "-"}[f.met]
        print(f"{mark:7s} {f.measure}: {f.value}   {f.bar}   n = {f.n}   {f.remark}")


def cached(path: Path, again: bool) -> Any:
    """The JSON of an earlier run, or None."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() and not again else None


def _with_earlier(script: str, figures: Sequence[Figure], checkpoint: str | None) -> list[Figure]:
    """Figures of a part among those that the same weights gave before, which say at which commit that was."""
    known = cached(MEASURED / f"{script}.json", again=False)
    if known is None or known["weights"] != weight_hashes(checkpoint):
        return list(figures)
    fresh = {f.measure: f for f in figures}
    earlier = [_dated(Figure(**f), known["commit"]) for f in known["figures"]]
    return [*(fresh.pop(f.measure, f) for f in earlier), *fresh.values()]


def _dated(figure: Figure, commit: str) -> Figure:
    """The same with the commit at which it was measured, unless it says so."""
    if BEFORE in figure.remark:
        return figure
    return replace(figure, remark="; ".join(part for part in (figure.remark, BEFORE + commit) if part))


def machine() -> str:
    """Processor, cores used, operating system and versions, in one line."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    import torch

    return f"{model}, {cores} cores, {platform.system()}, Python {platform.python_version()}, torch {torch.__version__}"


def weight_hashes(checkpoint: str | None) -> dict[str, str]:
    """First twelve digits of the SHA-256 of each weight file."""
    from electrolith.gen.weight_files import folder_of

    files = sorted(folder_of(checkpoint or "default").glob("*.safetensors"))
    return {file.name: sha256(file.read_bytes()).hexdigest()[:12] for file in files}


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
