"""Energies of crystals from a potential, kept in a file so that a stopped computation continues.

The file has a line of JSON for each crystal: a short hash of its lattice, coordinates and elements, the potential, and
the energy in eV/atom (null: the potential has no answer). A kill may leave half a line at the end; it is cut off.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...gen.callbacks import ProgressCallback, no_callback
from ...gen.crystal import Crystal
from ...gen.errors import UserError
from ...gen.stored_records import reading_back
from ..relaxation.potential_energy import energy_per_atom
from ..relaxation.potentials import strange_elements

AGAIN = "Delete it, and its energies are computed again"


def crystal_hash(crystal: Crystal) -> str:
    """Short hash of lattice, coordinates and elements."""
    parts = (crystal.lattice, crystal.frac_coords, crystal.atomic_numbers)
    return sha256(b"".join(part.tobytes() for part in parts)).hexdigest()[:16]


def stored_energies(path: Path, potential: str) -> dict[str, float]:
    """Energy in eV/atom by the hash of the crystal, of one potential; NaN where it has no answer.

    Raises ``UserError`` for a file that is no journal of energies.
    """
    if not path.exists():
        return {}
    content = path.read_bytes()
    complete = content[: content.rfind(b"\n") + 1]
    if len(complete) < len(content):
        os.truncate(path, len(complete))
    found = {}
    with reading_back(path, AGAIN):
        for line in complete.splitlines():
            row = json.loads(line)
            if row["potential"] == potential:
                found[str(row["crystal"])] = math.nan if row["energy"] is None else float(row["energy"])
    return found


def energies_of(
    crystals: Sequence[Crystal], potential: str, path: Path, watch: ProgressCallback = no_callback
) -> NDArray[np.float64]:
    """Energy of each crystal, eV/atom (n,); NaN where the potential has no answer.

    Energies in the file ``path`` are taken from it; new ones are added to it at once. ``watch`` is called with the
    number of finished crystals and the number of all. Raises ``UserError`` if the potential is not installed.
    """
    known = stored_energies(path, potential)
    energies = np.empty(len(crystals))
    with path.open("a", encoding="utf-8") as journal:
        for i, crystal in enumerate(crystals):
            name = crystal_hash(crystal)
            if name not in known:
                energy = known[name] = _energy(crystal, potential)
                row = {"crystal": name, "potential": potential, "energy": energy if math.isfinite(energy) else None}
                journal.write(json.dumps(row) + "\n")
                journal.flush()
            energies[i] = known[name]
            watch(i + 1, len(crystals))
    return energies


def _energy(crystal: Crystal, potential: str) -> float:
    if strange_elements(crystal, potential):
        return math.nan
    try:
        return energy_per_atom(crystal, potential)
    except UserError:
        raise
    except Exception:  # noqa: BLE001  one crystal without an answer must not end the fit
        return math.nan
