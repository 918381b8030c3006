"""The command line: one file per subcommand with its options and help; the work is in the packages below.

The files import nothing heavy at their top, which keeps ``electrolith --help`` quick: own imports inside a command's
function are for this reason. To add a command, write its function in a new file and add it to ``COMMANDS``.
"""

from __future__ import annotations

from collections.abc import Callable

from .build_command import build
from .check_command import check
from .dope_command import dope
from .evaluate_command import evaluate
from .finetune_command import finetune
from .generate_command import generate
from .order_command import order
from .predict_command import predict
from .properties_command import properties
from .refine_command import refine
from .relax_command import relax
from .screen_command import screen
from .train_command import train
from .variants_command import variants

COMMANDS: tuple[Callable[..., None], ...] = (
    generate, predict, properties, relax, screen, check, order, dope, variants, evaluate, build, train, finetune,
    refine,
)  # fmt: skip
