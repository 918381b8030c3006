"""Comparison of the settings of a run with those in the record of the run to resume; torch is not needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..gen.custom_properties import properties_of_record
from ..gen.errors import UserError
from ..gen.stored_records import reading_back
from .options import AUTO
from .settings import Settings

# what runs did before there were these settings
BEFORE = {
    "stability_limit": None, "balance": False, "compositions": "", "temperature": 1.0, "like": "", "redraw": "",
    "infill": "",
}  # fmt: skip


def recorded_settings(record: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in the record of a run, which may be of an earlier version."""
    return BEFORE | dict(record["settings"])


def refuse_other_settings(settings: Settings, earlier: Mapping[str, Any], file: Path) -> None:
    """Raises ``UserError`` that names each difference from the ``earlier`` record in ``file``, where a look shows it.

    A setting that is still ``auto`` is left to ``run``, which knows the device.
    """
    found = settings_differences(settings, earlier, file)
    refuse_differences([one for one in found if not one.endswith(f", {AUTO}")], file)


def settings_differences(settings: Settings, earlier: Mapping[str, Any], file: Path) -> list[str]:
    """The settings that differ from those in a record, as ``name: there, now``. Raises ``UserError``."""
    with reading_back(file):
        properties = properties_of_record(earlier, file)
        return Settings.from_mapping(recorded_settings(earlier), properties).differences(settings)


def refuse_differences(differences: Sequence[str], file: Path) -> None:
    """Raises ``UserError`` if there are differences from the record in ``file``."""
    if differences:
        raise UserError(
            f"--resume needs the settings of the run; these differ ({file.name}, now): {'; '.join(differences)}. "
            "Leave the options out to use those of the run, or start another folder."
        )
