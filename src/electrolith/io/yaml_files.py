"""YAML files with names and values, and the folder of those in the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..gen.yaml_lines import YamlLines

CONFIGS = Path(__file__).resolve().parents[1] / "configs"


def read_yaml(path: Path) -> dict[str, Any]:
    """The names and values of a YAML file; raises ``UserError``."""
    return dict(YamlLines.of_mapping(path, "n: 100").values)
