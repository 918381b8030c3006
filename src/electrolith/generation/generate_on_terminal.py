"""The work behind ``electrolith generate``: a run with its progress bar, then its results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..conditioners.training_range import unseen_targets
from ..gen.surrogate.structure_surrogate import folder_in_use
from ..gen.weight_folders import folder_of
from .generation_run import run
from .requested_settings import setting_files
from .run_display import Bar, show
from .settings import Settings


def generate_on_terminal(
    settings: Settings,
    out: Path,
    config: Path | None,
    recipe: str | None,
    resume: bool,
    overwrite: bool,
    warn: Callable[[str], None],
) -> int:
    """Generates crystals into the folder ``out`` and prints the results; returns the number of missing crystals.

    ``config`` and ``recipe`` are the files of the settings. Raises ``UserError``.
    """
    for warning in unseen_targets(settings.targets, folder_in_use(folder_of(settings.run.checkpoint))):
        warn(f"{warning}.")
    with Bar() as bar:
        inputs = setting_files(config, recipe)
        progress = run(settings, out, resume=resume, overwrite=overwrite, inputs=inputs, watch=bar)
    show(out, progress, settings.targets.property_targets)
    return progress.missing
