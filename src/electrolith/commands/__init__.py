"""The subcommands of ``electrolith``, one file each: options and help here, the work in the module of that name.

These files import nothing heavy at their top, so that ``electrolith --help`` is quick. To add a command, write its
function in a file of its own and add a line to ``COMMANDS``.
"""

from __future__ import annotations

from collections.abc import Callable

from .build import build
from .check import check
from .evaluate import evaluate
from .finetune import finetune
from .generate import generate
from .predict import predict
from .properties import properties
from .relax import relax
from .screen import screen
from .train import train

COMMANDS: tuple[Callable[..., None], ...] = (
    generate, predict, properties, relax, screen, check, evaluate, build, train, finetune,
)  # fmt: skip
