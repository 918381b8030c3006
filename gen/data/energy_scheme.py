"""Schemes of energies of weights and hull: energies with different corrections must not be mixed.

The hull names its scheme, and a weight file that of the energies that its model learnt from, in their metadata. Heights
above a hull of another scheme can be wrong by 0.3 eV/atom for sulfides, bromides or oxides of iron.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..atomic import atomic_path
from ..weight_folders import DEFAULT_FOLDER, MODELS
from ..weight_header import ENERGIES, scheme_of_weights
from .known_compounds import HULL, SCHEME, hull_entries

FILES = "*.safetensors"


def mark_weights(path: Path, scheme: str = SCHEME) -> None:
    """Writes the scheme of its energies into a weight file; record its new SHA-256 where that is recorded."""
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    with safe_open(path, "pt") as file:
        known = file.metadata() or {}
    tensors = load_file(path)
    with atomic_path(path) as part:
        save_file(tensors, part, metadata=known | {ENERGIES: scheme})


def learnt_scheme(data: str) -> str:
    """The scheme of the energies in a file of training data; empty if it is not that of the package."""
    return "" if data else hull_entries().scheme


def scheme_warnings(folders: Iterable[Path]) -> list[str]:
    """A sentence for each folder of custom weights that learnt no energies of the hull's scheme, or do not say which.

    The models that generate are left out, as they predict no energies. Raises ``UserError`` for a damaged weight file.
    """
    hull = hull_entries().scheme
    warnings = []
    for folder in dict.fromkeys(folders):
        if folder == DEFAULT_FOLDER:
            continue
        for file in sorted(one for one in folder.glob(FILES) if one.name not in MODELS):
            scheme = scheme_of_weights(file)
            if scheme != hull:
                learnt = f"learnt energies of {scheme}" if scheme else "do not say the scheme of their energies"
                warnings.append(
                    f"the weights {file} {learnt}, but the hull of the package ({HULL.name}) is of {hull}: energies "
                    "above the hull that they predict may be wrong by 0.3 eV/atom. Train them anew"
                )
                break
    return warnings
