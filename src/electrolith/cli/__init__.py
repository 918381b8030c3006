"""The subcommands of ``electrolith``, one file each: options and help here, the work in the module of that name.

These files import nothing heavy at their top, so that ``electrolith --help`` is quick. To add a command, write its
function in a file of its own and add a line to ``COMMANDS``.
"""

from __future__ import annotations

from collections.abc import Callable

from .build_command import build
from .check_command import check
from .evaluate_command import evaluate
from .finetune_command import finetune
from .generate_command import generate
from .predict_command import predict
from .properties_command import properties
from .relax_command import relax
from .screen_command import screen
from .train_command import train

COMMANDS: tuple[Callable[..., None], ...] = (
    generate, predict, properties, relax, screen, check, evaluate, build, train, finetune,
)  # fmt: skip
