"""Relaxation of the ordered models of a disordered crystal, of the few of lowest energy.

Atoms of a model are at the mean places of the crystal, so that its energy says how strained it is, not how stable
(``mean_places``). A relaxation lowers the energy only: a model that passes ``stability`` as it is needs none. The model
of lowest energy stands for the crystal: at its own temperature, the entropy of disorder makes the crystal more stable
than any of its models.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from .. import disorder
from ..gen.crystal import Crystal
from ..validators.check import Check
from ..validators.relaxation.relaxation_check import Relaxation
from ..validators.thermodynamics.stability import Stability
from ..validators.verdict import Verdict

RELAXED = 2  # models that are relaxed, at most
Answer = tuple[Verdict, Crystal]  # of one model, and the model for the next check
RunCheck = Callable[[Check, Crystal], Answer]


def of_lowest_energy(models: list[Crystal], potential: str) -> list[Crystal]:
    """The models to relax, those of lowest energy first."""
    if len(models) <= 1:
        return models
    energies = disorder.static_energies(models, potential)
    order = sorted(range(len(models)), key=lambda k: math.inf if math.isnan(energies[k]) else energies[k])
    return [models[k] for k in order[:RELAXED]]


def with_relaxed(check: Stability, found: list[Answer], run: RunCheck) -> list[Answer]:
    """The answers of ``stability``, the most stable model first; of relaxed models, where none passes as it is.

    The next model is relaxed where the one before fails.
    """
    found = sorted(found, key=_height)
    relaxation = Relaxation(check.potential).of_averages()
    relaxed: list[Answer] = []
    for verdict, model in found[:RELAXED]:
        if verdict.passed is not False or model.findings.energy is not None or any(one.passed for one, _ in relaxed):
            break
        done, changed = run(relaxation, model)
        if done.passed is not False and changed is not model:
            relaxed.append(run(check, changed))
    return sorted(relaxed, key=_height) or found


def _height(answer: Answer) -> float:
    return math.inf if answer[0].value is None else answer[0].value
