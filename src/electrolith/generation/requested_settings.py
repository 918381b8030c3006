"""The settings that the options of ``electrolith generate`` describe; torch is not needed to find a mistake in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..conditioners.interval import intersections, split_target
from ..gen.devices import require_known_device
from ..gen.weight_folders import folder_of
from ..io.output_folder import require_claimable
from ..io.yaml_files import read_yaml
from ..recipes.recipe_compositions import composition_filter
from .earlier_settings import refuse_other_settings
from .run_files import KIND, RUN
from .settings import Settings
from .settings_loader import load_settings


@dataclass(frozen=True)
class RunRequest:
    """Folder and files of a run, as the user gave them: ``config`` and ``recipe`` hold settings.

    ``resume`` continues the run in ``out``, ``overwrite`` deletes it first.
    """

    out: Path
    config: Path | None = None
    recipe: str | None = None
    resume: bool = False
    overwrite: bool = False

    @property
    def inputs(self) -> list[Path]:
        """The files of the settings, which a run must not replace."""
        return [Path(one) for one in (self.config, self.recipe) if one is not None and Path(one).is_file()]


def requested_settings(
    given: Mapping[str, Any],
    constraints: Mapping[str, Any],
    property_targets: Sequence[str],
    request: RunRequest,
    warn: Callable[[str], None],
) -> Settings:
    """Settings by name, constraints and targets, over those of the files and of the run to resume.

    All of several ``property_targets`` of one property must be met. Raises ``UserError``, also where the folder may not
    be written to and for a device that does not exist.
    """
    out, resume = request.out, request.resume
    targets = {**constraints, **intersections(map(split_target, property_targets))}
    is_new = resume and not (out / RUN).exists()
    settings = load_settings(
        {**given, "targets": targets}, request.config, out / RUN if resume else None, request.recipe
    )
    require_known_device(settings.run.device)
    if settings.options.compositions:
        composition_filter(settings.options.compositions)  # refuses an unknown recipe
    inputs = [*request.inputs, *settings.options.files, folder_of(settings.run.checkpoint)]
    require_claimable(out, KIND, inputs, resume=resume, overwrite=request.overwrite)
    if resume and not is_new:
        refuse_other_settings(settings, read_yaml(out / RUN), out / RUN)
    # a refusal is one line: remarks come after all that refuses
    if is_new:
        warn(f"{out} has no run to resume; a new run starts.")
    keep, n = settings.options.keep, given.get("n")
    if keep and n not in (None, keep):
        warn(f"--keep {keep} sets the number of crystals; -n {n} is not used.")
    return settings
