"""The set of known crystals against which novelty is determined."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..gen.data.build_dataset import build
from ..gen.data.dataset import OrbitDataset, reference_set
from ..gen.errors import UserError
from ..gen.reading.read_crystals import Unreadable
from ..io.limited_reading import read_within_limits

SHIPPED = "the electrolith reference set (Materials Project and WBM)"


@dataclass(frozen=True)
class NoveltyReference:
    """Known crystals and the name of the set."""

    name: str
    crystals: OrbitDataset


def novelty_reference(path: str | Path | None) -> NoveltyReference:
    """The reference set of the package (None), an ``.npz`` of orbits, or crystals that ``read_crystals`` reads.

    Raises ``UserError`` when the path holds no crystals.
    """
    if path is None:
        shipped = reference_set()
        return NoveltyReference(f"{SHIPPED}, {len(shipped)} crystals", shipped)
    path = Path(path)
    if path.suffix == ".npz":
        try:
            known = OrbitDataset.load(path)
        except ValueError as error:
            raise UserError(str(error)) from error
    else:
        crystals = [c for c in read_within_limits(path) if not isinstance(c, Unreadable)]
        known = build(crystals, verify=False).dataset
    if len(known) == 0:
        raise UserError(f"{path} holds no crystal that could serve as a reference.")
    return NoveltyReference(f"{path.name}, {len(known)} crystals", known)
