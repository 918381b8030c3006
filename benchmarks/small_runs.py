"""Small runs of every command that writes, for kills, shared folders and faults of disks."""

from __future__ import annotations

import argparse
import csv
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from figures import folder as results_folder
from forked_commands import Command, function, import_all, words

RECIPE = """\
name: cheap
checks:
  - check: finite
  - check: distances
  - check: volume
  - check: charge
  - check: unique
rank:
  - by: volume
    order: low
"""
TRAINING = """\
model: skeleton
steps: {steps}
warmup: 2
decay: 4
learning_rate: 3.0e-3
weight_decay: 0.01
gradient_clip: 1.0
ema: 0.5
batch: 200
validate_every: 8
dropout: 0.1
size: {{width: 24, layers: 1, heads: 2}}
data: {data}
"""
MANY = 360  # crystals of a run of a second that is quick for each
TIMED = {"run.yaml", "screen.yaml", "card.yaml", "report.html", "judged.jsonl"}  # hold times of the run


@dataclass(frozen=True)
class SmallRun:
    """A small run of one command.

    symbol   meaning
    name     in words
    start    path of the output → the command
    again    path of the output → the command that continues it after a kill
    file     whether the output is a file
    inside   whether the output is an input too, as for the findings of evaluate
    """

    name: str
    start: Callable[[Path], Command]
    again: Callable[[Path], Command]
    file: bool = False
    inside: bool = False


def fresh_inputs(args: argparse.Namespace, part: str) -> tuple[Path, Path]:
    """The empty folder of a part of the measurement, and in it that of the inputs; all modules are imported then."""
    import_all()
    place = results_folder(args) / part
    shutil.rmtree(place, ignore_errors=True)
    make_inputs(place / "inputs", steps=16 if args.small else 40)
    return place, place / "inputs"


def make_inputs(folder: Path, steps: int = 40) -> None:
    """Writes crystals, a recipe, settings of a training of some steps, its data, and a table of a custom property."""
    from electrolith.gen.data.dataset import SPLITS, reference_set
    from electrolith.gen.symmetry.orbits import crystal_of
    from electrolith.io.cif_writer import cif_text

    if (folder / "train.yaml").exists():
        return
    (folder / "crystals").mkdir(parents=True, exist_ok=True)
    (folder / "three").mkdir(exist_ok=True)
    (folder / "many").mkdir(exist_ok=True)
    data = reference_set()
    small = np.flatnonzero((data.n_atoms <= 6) & (data.split == SPLITS.index("test")))
    chosen = np.random.default_rng(0).choice(small, 60, replace=False)
    with (folder / "table.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["cif", "heaviness"])
        for k, orbits in enumerate(data.take(chosen)):
            text = cif_text(orbits, f"row-{k}")
            table.writerow([text, f"{crystal_of(orbits).density:.5g}"])
            for copy in range(MANY // 60):
                (folder / "many" / f"c{k:02d}-{copy}.cif").write_text(text)
            if k < 24:
                (folder / "crystals" / f"c{k:02d}.cif").write_text(text)
            if k < 3:
                (folder / "three" / f"c{k:02d}.cif").write_text(text)
    usable = (data.n_atoms <= 6) & (data.property("energy_above_hull") <= 0.1)
    parts = [
        np.flatnonzero(usable & (data.split == SPLITS.index(name)))[:n] for name, n in (("train", 60), ("val", 12))
    ]
    data.take(np.concatenate(parts)).save(folder / "handful.npz")
    (folder / "cheap.yaml").write_text(RECIPE)
    (folder / "train.yaml").write_text(TRAINING.format(data=folder / "handful.npz", steps=steps))


def small_runs(inputs: Path, relax: bool = True) -> list[SmallRun]:
    """The runs, each of seconds; with ``relax`` also those that need CHGNet."""
    few = ("--max-atoms", 4, "--steps", 10, "--seed", 3, "--device", "cpu")
    generate = ("generate", *few, "-n", 16, "--batch-size", 2, "--workers", 2)
    keep = (
        "generate", *few, "--keep", 4, "--max-candidates", 40, "--batch-size", 4, "--workers", 2, "--target",
        "band_gap>=1", "--elements", "Li",
    )  # fmt: skip
    relaxed = ("generate", *few, "-n", 4, "--batch-size", 1, "--workers", 2, "--relax")
    screen = ("screen", inputs / "crystals", "-r", inputs / "cheap.yaml", "--workers", 2)
    relaxation = ("relax", inputs / "three", "--workers", 1, "--max-steps", 5)
    return [
        _folder("generate", generate),
        _folder("generate --keep", keep),
        *([_folder("generate --relax", relaxed)] if relax else []),
        _folder("screen", screen),
        *([_folder("relax", relaxation)] if relax else []),
        _folder("train", ("train", inputs / "train.yaml", "--device", "cpu")),
        SmallRun("finetune", lambda out: _finetune(inputs, out, False), lambda out: _finetune(inputs, out, True)),
        _file("predict", ("predict", inputs / "crystals")),
    ]


def other_runs(inputs: Path, small: bool = False) -> list[SmallRun]:
    """Runs that write but have nothing to resume; a ``small`` build takes the 24 crystals of the others."""
    return [
        _file("build", ("build", inputs / ("crystals" if small else "many"))),
        _file("evaluate --json", ("evaluate", inputs / "crystals"), "--json"),
    ]


def _folder(name: str, command: tuple[object, ...]) -> SmallRun:
    return SmallRun(name, lambda out: words(*command, "-o", out), lambda out: words(*command, "-o", out, "--resume"))


def _file(name: str, command: tuple[object, ...], option: str = "-o") -> SmallRun:
    again = words_into(command, option)
    return SmallRun(name, again, again, file=True)


def words_into(command: tuple[object, ...], option: str) -> Callable[[Path], Command]:
    """The command with its output at a path."""
    return lambda out: words(*command, option, out)


def _finetune(inputs: Path, out: Path, resume: bool) -> Command:
    def call() -> None:
        from electrolith.prediction.finetune_folder import FinetuneSettings, finetune_to_folder, property_requests

        requests = property_requests(["heaviness"])
        settings = FinetuneSettings(str(inputs / "table.csv"), requests, steps=12, reference=150, threads=1)
        finetune_to_folder(settings, out, resume=resume)

    return function(call)


def result(out: Path) -> dict[str, bytes]:
    """Content of the files of a finished run, without those that hold times and those of the training itself."""
    if out.is_file():
        return {out.name: out.read_bytes()}
    files = [path for path in out.rglob("*") if path.is_file() and path.name not in TIMED]
    kept = [path for path in files if path.suffix != ".ckpt" and "losses" not in path.relative_to(out).parts]
    return {str(path.relative_to(out)): path.read_bytes() for path in kept}


def real_names(out: Path) -> list[Path]:
    """Files of a run that do not begin with a dot, nor lie in a folder that does."""
    if out.is_file():
        return [out]
    found = (Path(where) / name for where, _, names in os.walk(out) for name in names)
    return [path for path in found if not any(part.startswith(".") for part in path.relative_to(out).parts)]
