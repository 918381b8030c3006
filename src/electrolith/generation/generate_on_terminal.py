"""The work behind ``electrolith generate``: settings, a run with its progress bar, then its results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..conditioners.interval import intersections, split_target
from ..conditioners.training_range import unseen_targets
from ..gen.surrogate.structure_surrogate import folder_in_use
from ..gen.weight_files import folder_of
from .generation_run import run
from .run_display import Bar, show
from .settings_loader import load_settings


def generate_on_terminal(
    given: Mapping[str, Any],
    constraints: Mapping[str, Any],
    property_targets: Sequence[str],
    out: Path,
    config: Path | None,
    recipe: str | None,
    resume: bool,
    overwrite: bool,
    warn: Callable[[str], None],
) -> int:
    """Generates crystals into the folder ``out`` and prints the results; returns the number of missing crystals.

    ``given`` are settings by name. All of several ``property_targets`` of one property must be met. Raises
    ``UserError``.
    """
    targets = {**constraints, **intersections(map(split_target, property_targets))}
    if resume and not (out / "run.yaml").exists():
        warn(f"{out} has no run to resume; a new run starts.")
    settings = load_settings({**given, "targets": targets}, config, out / "run.yaml" if resume else None, recipe)
    keep, n = settings.options.keep, given.get("n")
    if keep and n not in (None, keep):
        warn(f"--keep {keep} sets the number of crystals; -n {n} is not used.")
    for warning in unseen_targets(settings.targets, folder_in_use(folder_of(settings.run.checkpoint))):
        warn(f"{warning}.")
    with Bar() as bar:
        inputs = [Path(one) for one in (config, recipe) if one is not None and Path(one).is_file()]
        progress = run(settings, out, resume=resume, overwrite=overwrite, inputs=inputs, watch=bar)
    show(out, progress, settings.targets.property_targets)
    return progress.missing
