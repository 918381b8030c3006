"""A round of self-training on the terminal: settings from the options, progress, and a summary."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..gen.errors import UserError
from ..generation.run_progress import RunProgress
from ..generation.settings_loader import load_settings
from ..io.plain_console import PlainConsole
from ..io.progress_lines import INTERVAL
from ..io.yaml_files import read_yaml
from ..parallel.cores import cores
from ..screening.screening_run import ScreeningProgress
from .refine import refine
from .refine_settings import RefineSettings
from .round_record import RECORD

N = 1000  # proposals


def refine_on_terminal(
    out: Path, config: Path | None, proposals: Mapping[str, Any], options: Mapping[str, Any], resume: bool
) -> None:
    """Does a round in ``out`` and prints its result. Options that are None are defaults. Raises ``UserError``."""
    settings = requested_round(out, config, proposals, options, resume)
    result = refine(settings, out, resume=resume, workers=proposals.get("workers") or cores(), watch=StageLines())
    console = PlainConsole()
    console.print(
        f"{result.verified:,} of {result.proposed:,} proposals are new, distinct and at most {settings.limit:g} "
        f"eV/atom above the hull by {settings.potential}."
    )
    if result.weights is not None:
        console.print(f"Retrained models: {result.weights} (electrolith generate --checkpoint {result.weights})")


def requested_round(
    out: Path, config: Path | None, proposals: Mapping[str, Any], options: Mapping[str, Any], resume: bool
) -> RefineSettings:
    """The settings that the options describe, over those of the round to resume."""
    given = {name: value for name, value in options.items() if value is not None}
    wanted = {name: value for name, value in proposals.items() if value is not None}
    record = read_yaml(out / RECORD) if resume and (out / RECORD).exists() else None
    if record is None:
        generate = load_settings({"n": N} | wanted if config is None else wanted, config).as_mapping()
        return RefineSettings.from_mapping({"generate": generate, **given})
    known = record.get("settings")
    if not isinstance(known, Mapping) or not isinstance(known.get("generate"), Mapping):
        raise UserError(f"{out / RECORD} is not the record of a round: start another folder.")
    generate = {**known["generate"], **(load_settings(wanted, config).as_mapping() if config else wanted)}
    return RefineSettings.from_mapping({**known, **given, "generate": generate})


class StageLines:
    """A line on stderr for each stage, and for its progress now and then."""

    def __init__(self) -> None:
        self.stage, self.last = "", 0.0

    def __call__(self, stage: str, progress: Any) -> None:
        """Tells the progress of a stage, if it is time."""
        now = time.monotonic()
        if stage == self.stage and now - self.last < INTERVAL and not isinstance(progress, str):
            return
        self.stage, self.last = stage, now
        if isinstance(progress, RunProgress):
            progress = f"{progress.generated:,} of {progress.requested:,}, {progress.rejected:,} rejected"
        elif isinstance(progress, ScreeningProgress):
            progress = f"{progress.done:,} of {progress.total:,} relaxed, {progress.survivors:,} verified"
        print(f"{stage}: {progress}", file=sys.stderr, flush=True)
