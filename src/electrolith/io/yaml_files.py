"""YAML files with names and values, and the folder of those in the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ..gen.errors import UserError

CONFIGS = Path(__file__).resolve().parents[1] / "configs"


def read_yaml(path: Path) -> dict[str, Any]:
    """The names and values of a YAML file; raises ``UserError``."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{path} cannot be read: {str(error).splitlines()[0]}") from error
    if not isinstance(values, dict):
        raise UserError(f"{path} has no settings: write lines such as `n: 100`.")
    return values
