"""The work behind ``electrolith dope`` and ``variants``. Raises ``UserError`` for wrong options, before a crystal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..gen.errors import UserError
from . import order_models, variants
from .doping import Doping
from .model_request import ModelRequest
from .models_on_terminal import order_options, run_on_terminal
from .substituting import element_of, substitution_of


def dope_on_terminal(
    paths: Sequence[Path],
    substitute: Sequence[str],
    compensate: str | None,
    given: Mapping[str, Any],
    *,
    out: Path,
    limit: int | None,
    **how: Any,
) -> None:
    """Dopes and orders the crystals in the paths into the folder ``out``; prints the best models."""
    options = order_options(given)
    doping = Doping(
        tuple(substitution_of(text) for text in substitute), None if compensate is None else element_of(compensate)
    )
    asked = {"substitute": list(substitute), "compensate": compensate, **asdict(options)}
    request = ModelRequest("dope", tuple(str(path) for path in paths), asked, order_models.COLUMNS, limit)
    run_on_terminal(request, order_models.OrderModels(options, doping), out, **how)


def variants_on_terminal(
    paths: Sequence[Path],
    *,
    exchange: str | None,
    keep: str | None,
    tolerance: float,
    at_once: int,
    most: int,
    out: Path,
    limit: int | None,
    **how: Any,
) -> None:
    """Makes the variants of the crystals in the paths into the folder ``out``; prints the first ones."""
    for name, value, least in (("tolerance", tolerance, 0), ("at-once", at_once, 1), ("most", most, 1)):
        if not value >= least:
            raise UserError(f"--{name} {value:g}: it must be at least {least}.")
    job = variants.VariantModels(tolerance, at_once, most, _elements(exchange), _elements(keep))
    request = ModelRequest("variants", tuple(str(path) for path in paths), _plain(job), variants.COLUMNS, limit)
    run_on_terminal(request, job, out, **how)


def _elements(text: str | None) -> tuple[int, ...]:
    return tuple(element_of(word.strip()) for word in text.split(",")) if text else ()


def _plain(job: variants.VariantModels) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(job).items()}
