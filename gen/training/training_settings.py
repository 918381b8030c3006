"""Settings of a training run that all models share; ``model_settings`` adds those of each model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ..typed_records import check_ranges, setting

Precision = Literal["32-true", "bf16-mixed"]


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """One training run: a YAML file of these names, e.g. ``configs/train-geometry.yaml``.

    A run is resumed with the same settings; only those with ``compare=False``, and the device, may differ. The
    optimiser is AdamW (Loshchilov and Hutter, 2019). The weights that are kept are an exponential moving average.
    """

    model: str = setting(doc="the model: skeleton, geometry, surrogate or crystal-surrogate")
    size: Any = setting(doc="sizes of the network, by name")
    steps: int = setting(doc="optimiser steps in all; may differ with --resume", at_least=1, compare=False)
    warmup: int = setting(doc="steps of linear rise of the learning rate at the start", at_least=0)
    decay: int = setting(doc="steps of linear fall of the learning rate at the end", at_least=0)
    learning_rate: float = setting(doc="highest learning rate", at_least=0)
    weight_decay: float = setting(doc="of matrices and embeddings; biases and norms do not decay", at_least=0)
    gradient_clip: float = setting(doc="largest norm of the gradient", at_least=0)
    ema: float = setting(doc="decay of the averaged weights, per step", at_least=0, below=1)
    batch: int = setting(doc="orbits in a batch; tokens for the skeleton model", at_least=1)
    validate_every: int = setting(doc="steps between validations", at_least=1)
    betas: tuple[float, float] = setting((0.9, 0.98), "decays of AdamW's moments, per step", at_least=0, below=1)
    save_every: int = setting(
        500, "most steps between checkpoints; each validation has one, too", at_least=1, compare=False
    )
    start: str = setting("", "a weight file to start from; empty: random weights")
    data: str = setting("", "an orbit data set (.npz); empty: the one in the package")
    max_atoms: int = setting(52, "largest primitive cell", unit="atoms", at_least=1)
    max_energy_above_hull: float = setting(0.1, "of the crystals trained on", unit="eV/atom")
    dropout: float = setting(0.0, "probability of dropout", at_least=0, below=1)
    seed: int = setting(0, "seed of weights, batches and noise", at_least=0)
    threads: int = setting(1, "CPU threads", at_least=1, compare=False)
    precision: Precision = setting("32-true", "of the arithmetic, by Lightning's names")

    def __post_init__(self) -> None:
        check_ranges(self)


@dataclass(frozen=True, kw_only=True)
class LargeInTurn(TrainingSettings):
    """Training in which large crystals are seen less often."""

    large: int = setting(52, "crystals with more atoms (surrogate: orbits) are seen less often", at_least=0)
    large_every: int = setting(1, "epochs from one use of a large crystal to the next", at_least=1)
