"""Potentials of the nequix package from a file of weights: Koker, Kotak and Smidt, arXiv 2508.16067, 2025.

A file begins with a line of JSON that names the elements. Files for JAX (``.nqx``) are converted to torch when they are
loaded: JAX compiles anew for each size of crystal, which takes longer than the relaxation.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from ...gen.errors import UserError

INSTALL = 'pip install "nequix[torch]"'
HEADER = 2**20  # bytes; longer first lines are not those of weights
FOR_TORCH = ".pt"


def nequix_elements(file: Path) -> frozenset[int]:
    """Atomic numbers of the elements that the weights cover.

    Raises ``UserError`` for a file that is missing or holds no weights of nequix.
    """
    if not file.is_file():
        raise UserError(
            f"There is no file of weights {file}: give --potential nequix:FILE a file of the nequix package."
        )
    try:
        with file.open("rb") as weights:
            numbers = json.loads(weights.readline(HEADER))["atomic_numbers"]
        return frozenset(int(z) for z in numbers)
    except OSError as error:
        raise UserError(f"The file of weights {file} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(
            f"{file} holds no weights of nequix: its first line names no elements. Give a .nqx or .pt file."
        ) from error


def nequix_calculator(file: Path) -> Any:
    """The ASE calculator. Raises ``ImportError`` without the package and ``UserError`` for damaged weights."""
    from nequix.calculator import NequixCalculator
    from nequix.model import load_model
    from nequix.torch_impl.model import save_model
    from nequix.torch_impl.utils import convert_model_jax_to_torch

    try:
        if file.suffix == FOR_TORCH:
            return NequixCalculator(model_path=str(file), backend="torch", use_kernel=False)
        model, config = convert_model_jax_to_torch(*load_model(file, False), use_kernel=False)
        with tempfile.TemporaryDirectory() as folder:
            converted = Path(folder) / f"converted{FOR_TORCH}"
            save_model(converted, model, config)
            return NequixCalculator(model_path=str(converted), backend="torch", use_kernel=False)
    except Exception as error:  # a damaged file fails in any way in JAX or torch
        why = (str(error).splitlines() or [type(error).__name__])[0][:120].rstrip(".")
        raise UserError(f"The weights {file} are damaged, or of another version of nequix: {why}.") from error
