"""The set of known crystals that novelty refers to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..gen.data.build_dataset import build
from ..gen.data.dataset import OrbitDataset, reference_set
from ..gen.data.read_crystals import Unreadable, read_crystals
from ..gen.errors import UserError

SHIPPED = "the electrolith reference set (Materials Project and WBM)"


@dataclass(frozen=True)
class Reference:
    """Known crystals and what to call them."""

    name: str
    crystals: OrbitDataset


def reference_of(path: str | Path | None) -> Reference:
    """The set that ships with the package, or one of one's own: an ``.npz`` of orbits, or what ``read_crystals`` reads.

    Raises ``UserError`` when the path holds no crystals.
    """
    if path is None:
        shipped = reference_set()
        return Reference(f"{SHIPPED}, {len(shipped)} crystals", shipped)
    path = Path(path)
    if path.suffix == ".npz":
        try:
            known = OrbitDataset.load(path)
        except ValueError as error:
            raise UserError(str(error)) from error
    else:
        crystals = [c for c in read_crystals(path) if not isinstance(c, Unreadable)]
        known = build(crystals, verify=False).dataset
    if len(known) == 0:
        raise UserError(f"{path} holds no crystal that could serve as a reference.")
    return Reference(f"{path.name}, {len(known)} crystals", known)
