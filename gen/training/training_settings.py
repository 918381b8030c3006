"""Settings of a training run: typed, whole, read from one YAML file in which nothing may be misspelt."""

from __future__ import annotations

import difflib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from ..errors import UserError


@dataclass(frozen=True)
class TrainingSettings:
    """One training run.

    symbol        meaning                                                        unit
    model         ``skeleton``, ``geometry``, ``surrogate`` or ``crystal-surrogate``
    start         a weight file to start from; empty: random weights
    data          an orbit data set (``.npz``); empty: the one in the package
    max_atoms     largest primitive cell
    max_energy_above_hull  of the crystals trained on                            eV/atom
    steps         optimiser steps in all
    warmup, decay steps of linear rise at the start and of linear fall at the end
    learning_rate, weight_decay, gradient_clip, dropout   as in AdamW (Loshchilov and Hutter, 2019)
    ema           decay of the averaged weights, which are the ones that are kept
    batch         orbits (geometry, surrogate) or tokens (skeleton) in a batch
    large, large_every  crystals with more atoms come every so many epochs
    size          sizes of the network, by name
    threads       CPU threads
    precision     of the arithmetic, by lightning's names: ``32-true`` or ``bf16-mixed``
    validate_every  steps
    """

    model: str
    steps: int
    warmup: int
    decay: int
    learning_rate: float
    weight_decay: float
    gradient_clip: float
    ema: float
    batch: int
    validate_every: int
    size: dict[str, float]
    start: str = ""
    data: str = ""
    max_atoms: int = 52
    max_energy_above_hull: float = 0.1
    large: int = 52
    large_every: int = 1
    dropout: float = 0.0
    seed: int = 0
    threads: int = 1
    precision: str = "32-true"

    @classmethod
    def load(cls, path: Path) -> TrainingSettings:
        """Reads a YAML file; an unknown or missing key is a ``UserError`` that names it."""
        try:
            raw: Any = yaml.safe_load(path.read_text())
        except (OSError, yaml.YAMLError) as error:
            raise UserError(f"{path} cannot be read as YAML: {error}") from error
        if not isinstance(raw, dict):
            raise UserError(f"{path} holds no settings")
        names = [f.name for f in fields(cls)]
        for key in raw:
            if key not in names:
                near = difflib.get_close_matches(str(key), names, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise UserError(f"{path}: unknown setting {key}{hint}")
        missing = [f.name for f in fields(cls) if f.default is MISSING and f.name not in raw]
        if missing:
            raise UserError(f"{path}: these settings are missing: {', '.join(missing)}")
        return cls(**raw)
