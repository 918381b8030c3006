"""One visit to a GPU: trains the models that are next in line, and brings back weights and figures.

``make gpu OUT=DIR MINUTES=11``, or ``python benchmarks/gpu.py --out DIR --minutes 11 [--train geometry=0.7 …]``. All in
one call, within the time: some steps are timed, the schedule is made as long as the time allows, the weights are saved
at the deadline whatever happens. Without a GPU it runs on the CPU; ``--small`` is the test of it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import lightning
import torch
from figures import MEASURED, ROOT, Figure, folder, number, options, save
from lightning.pytorch.callbacks import Callback

from electrolith.gen.devices import available_device
from electrolith.gen.errors import UserError
from electrolith.gen.sampling.crystal_sampler import CrystalSampler
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.gen.training.model_settings import load_settings
from electrolith.gen.training.train import MODULES, train
from electrolith.gen.training.training_settings import TrainingSettings

PLAN = ("geometry=0.65", "skeleton=0.35")  # the models, and their shares of the time
BATCH = 8  # times the batch of the settings, on a GPU
RATE = 1.5  # times their learning rate
TIMED = (10, 40)  # steps between which the time of a step is measured
SPARE = 0.12  # of the time: validations, and steps that are slower than the timed ones
LARGEST = 16 * 2**20  # bytes of a weight file


class Clock(Callback):
    """Times of the steps of a training, which it ends at the deadline."""

    def __init__(self, deadline: float) -> None:
        self.deadline, self.ends = deadline, [time.monotonic()]

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: Any) -> None:
        """Notes the time, and asks for the end where it is over."""
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.ends.append(time.monotonic())
        trainer.should_stop |= self.ends[-1] > self.deadline


def on_gpu(settings: TrainingSettings) -> TrainingSettings:
    """The settings with batches for a GPU."""
    return replace(settings, batch=BATCH * settings.batch, learning_rate=RATE * settings.learning_rate)


def with_steps(settings: TrainingSettings, steps: int) -> TrainingSettings:
    """The settings for this number of steps; the learning rate falls in the second half."""
    rise = max(1, min(settings.warmup, steps // 20))
    every = min(steps, settings.validate_every)
    return replace(settings, steps=steps, warmup=rise, decay=max(1, steps // 2), validate_every=every)


def seconds_per_step(settings: TrainingSettings, device: str, steps: tuple[int, int]) -> float:
    """Seconds of a step, of a short run that is thrown away."""
    clock = Clock(float("inf"))
    with tempfile.TemporaryDirectory() as folder:
        train(with_steps(settings, steps[1]), Path(folder), device=device, callbacks=[clock])
    return (clock.ends[steps[1]] - clock.ends[steps[0]]) / (steps[1] - steps[0])


def train_within(settings: TrainingSettings, seconds: float, out: Path, device: str, small: bool) -> list[Figure]:
    """Trains a model for so long; its weights and losses lie in ``out``."""
    begin = time.monotonic()
    step = seconds_per_step(settings, device, (1, 3) if small else TIMED)
    left = seconds - (time.monotonic() - begin)
    steps = 4 if small else max(TIMED[1], int((1 - SPARE) * left / step))
    print(f"{settings.model}: {step:.3f} s a step, {steps} steps", flush=True)
    weights = train(with_steps(settings, steps), out, device=device, callbacks=[Clock(begin + seconds)])
    if weights.stat().st_size > LARGEST:
        raise UserError(f"{weights} has {weights.stat().st_size} bytes, more than {LARGEST}.")
    remark = f"{steps} steps of {settings.batch} orbits or tokens on {device_name(device)}"
    return [number(f"{settings.model}: time of a training step", step, "s", steps, remark=remark)]


def sampling_speed(device: str, small: bool) -> Figure:
    """Candidates a second of the shipped weights, checks and files not counted."""
    n = 2 if small else 1024
    sampler = CrystalSampler.load(device=device)
    sampler.draw(range(2), Constraints())
    begin = time.monotonic()
    sampler.draw(range(n), Constraints())
    speed = n / (time.monotonic() - begin)
    return number("candidates a second, as drawn", speed, "/s", n, remark=device_name(device))


def device_name(device: str) -> str:
    """The device in words."""
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else device


def planned(parts: Sequence[str]) -> dict[str, float]:
    """Model → share of the time. Raises ``UserError`` for another model or share."""
    plan = {}
    for part in parts:
        model, _, share = part.partition("=")
        if model not in MODULES or not share.replace(".", "", 1).isdigit() or not 0 < float(share) <= 1:
            raise UserError(f"--train {part}: write MODEL=SHARE, MODEL one of {', '.join(MODULES)}, SHARE up to 1.")
        plan[model] = float(share)
    return plan


def settings_of(model: str, args: argparse.Namespace, device: str) -> TrainingSettings:
    """The settings of a model: those of ``--settings`` or of ``configs/``."""
    settings = load_settings(args.settings / f"train-{model}.yaml")
    if args.small:
        return replace(settings, batch=200, max_atoms=2, validate_every=1000, precision="32-true")
    return on_gpu(settings) if device != "cpu" else settings


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--out", type=Path, help="folder for weights and figures (default: in the results)")
    parser.add_argument("--minutes", type=float, default=11.0, help="of all trainings together")
    parser.add_argument("--train", nargs="+", default=PLAN, metavar="MODEL=SHARE", help="the models, and their shares")
    parser.add_argument("--settings", type=Path, default=ROOT / "configs", help="folder of train-MODEL.yaml")
    args = parser.parse_args()
    device, out = available_device("auto"), args.out or folder(args) / "gpu"
    figures = [sampling_speed(device, args.small)]
    for model, share in planned(args.train).items():
        settings = settings_of(model, args, device)
        figures += train_within(settings, 60 * args.minutes * share, out / model, device, args.small)
        for checkpoint in (out / model).glob("*.ckpt"):
            checkpoint.unlink()  # larger than what comes back
        (out / "figures.json").write_text(json.dumps([vars(f) for f in figures], indent=1), encoding="utf-8")
    if args.small or device != "cpu":
        save("gpu", figures, args)
    print(f"Weights in {out}, figures in {MEASURED if device != 'cpu' else out}.")
