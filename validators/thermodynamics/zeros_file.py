"""Where the zeros of formation energies of a potential are: shipped, or beside the potential."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ...gen.weight_folders import sha256
from ..relaxation.potentials import NEQUIX, POTENTIALS

SHIPPED = {  # SHA-256 of weights → name of their zeros
    "6a43475eaeb32a7a049f36c1306d78aa1e7a17e8af37aeda7901c8fec0ca845c": "nequix-oam-1",
    "4ce693d68886512aab50c84ea2400efd68163e11155f7c7babe98e695177e809": "nequix-oam-1-pft",
}


@cache
def zeros_file(potential: str) -> Path:
    """The file of the zeros of a potential; it exists only if they were fitted.

    potential            file
    name of the package  shipped
    nequix:FILE          shipped for known weights, by their SHA-256; of others ``FILE.zeros.json``
    module:function      ``MODULE.FUNCTION.zeros.json`` beside the file of the module
    """
    if potential in POTENTIALS:
        return shipped_zeros(potential)
    module, _, function = potential.partition(":")
    if module != NEQUIX:
        return _folder_of(module) / f"{module}.{function}.zeros.json"
    weights = Path(function)
    known = SHIPPED.get(sha256(weights)) if weights.is_file() else None
    return shipped_zeros(known) if known else weights.with_name(f"{weights.name}.zeros.json")


def shipped_zeros(name: str) -> Path:
    """The file of the package for zeros of this name."""
    return Path(__file__).with_name(f"{name.replace('-', '_')}_elements.json")


def _folder_of(module: str) -> Path:
    """The folder of a module's file; the current folder if there is no such module."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):  # its parent package is missing
        spec = None
    return Path(spec.origin).parent if spec is not None and spec.origin else Path()
