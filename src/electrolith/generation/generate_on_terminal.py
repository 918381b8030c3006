"""The work behind ``electrolith generate``: a run with its progress bar, then its results."""

from __future__ import annotations

from collections.abc import Callable

from ..conditioners.training_range import unseen_targets
from ..gen.data.energy_scheme import scheme_warnings
from ..gen.surrogate.structure_surrogate import folder_in_use
from ..gen.weight_folders import folder_of
from .generation_run import run
from .requested_settings import RunRequest
from .run_display import Bar, show
from .settings import Settings


def generate_on_terminal(settings: Settings, request: RunRequest, warn: Callable[[str], None]) -> int:
    """Generates the requested crystals and prints the results; returns the number of missing crystals.

    Raises ``UserError``.
    """
    weights = folder_of(settings.run.checkpoint)
    surrogates = folder_in_use(weights)
    for warning in (*unseen_targets(settings.targets, surrogates), *scheme_warnings((weights, surrogates))):
        warn(f"{warning}.")
    with Bar() as bar:
        progress = run(
            settings, request.out, resume=request.resume, overwrite=request.overwrite, inputs=request.inputs, watch=bar
        )
    show(request.out, progress, settings.targets.property_targets)
    return progress.missing
