"""The atoms of a cell from the listed sites: images of each site, merged on special positions, and shared sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cif_faults import CifFault
from .cif_sites import FULL, PARTIAL, CifSite
from .operations import Operations

MERGED = 0.1  # Å; images of a site closer than this are one, and two sites are at one place
CLASH = 0.5  # Å; atoms of no crystal are closer; images of a site are merged up to here, if its digits are so coarse
MOVED = 0.01  # Å; smaller moves onto a special position are rounding and not remarked
MAX_ATOMS = 50_000
MAX_IMAGES = 1_000_000
CHUNK = 50_000  # images at once
DIGITS = 10_000.0
MAX_NEIGHBOURS = 20
ALL_PAIRS = 80  # atoms; above it, a tree finds the neighbours


@dataclass(frozen=True)
class CellSites:
    """The places of a cell and what is on them; disordered ones have several elements or are partly occupied.

    symbol     meaning                                                  shape
    positions  fractional coordinates                                   (n, 3)
    content    occupancy of each element, by atomic number, per place   n
    source     index of the listed site                                 (n,)
    images     number of images of each listed site
    remarks    what was changed
    repeated   how many listed atoms are images of others, and not counted again
    crowded    which full site has images too close to be two atoms; empty: none
    """

    positions: NDArray[np.float64]
    content: list[dict[int, float]]
    source: NDArray[np.int64]
    images: list[int]
    remarks: list[str]
    repeated: int
    crowded: str = ""

    @property
    def counts(self) -> dict[int, float]:
        """Number of atoms of each element in the cell."""
        total: dict[int, float] = {}
        for content in self.content:
            for z, occupancy in content.items():
                total[z] = total.get(z, 0.0) + occupancy
        return total

    @property
    def disordered(self) -> list[dict[int, float]]:
        """The content of partly occupied or shared places."""
        return [c for c in self.content if len(c) > 1 or min(c.values()) < PARTIAL]


def cell_sites(sites: Sequence[CifSite], operations: Operations, lattice: NDArray[np.float64]) -> CellSites:
    """The places of the cell (3, 3), site by site in the order of the operations.

    Raises ``CifFault`` if the cell is too large, or if a place is occupied more than once.
    """
    listed = np.array([site.position for site in sites])
    if len(listed) * len(operations) > MAX_IMAGES:
        raise CifFault(f"its {len(listed):,} sites have {len(listed) * len(operations):,} images: too many to read")
    close_pairs(_wrapped(listed), lattice, MERGED)  # raises if all are at one place
    near = _has_near_images(listed, operations, lattice)
    positions, remarks, crowded = [], [], ""
    for site, is_near in zip(sites, near, strict=True):
        if not is_near:
            positions.append(_wrapped(_transformed(site.position, operations)))
            continue
        found, moved, closest = _merged_images(site.position, operations, lattice, _reach(site, lattice))
        positions.append(found)
        if closest < CLASH and site.occupancy >= PARTIAL and not crowded:
            crowded = (
                f"images of the site {site.label} are {closest:.2g} Å apart, closer than any two atoms ({CLASH} Å)"
            )
        if moved > MOVED:
            remarks.append(
                f"Images of site {site.label} are merged: it moves by {moved:.2f} Å onto a special position."
            )
    images = [len(found) for found in positions]
    if sum(images) > MAX_ATOMS:
        raise CifFault(f"its cell holds {sum(images):,} atoms, more than {MAX_ATOMS:,}: too large to read")
    everywhere = np.concatenate(positions)
    source = np.repeat(np.arange(len(sites)), images)
    content = [{sites[k].number: sites[k].occupancy} for k in source.tolist()]
    pairs = close_pairs(everywhere, lattice, MERGED)
    pairs = pairs[source[pairs[:, 0]] != source[pairs[:, 1]]] if len(pairs) else pairs
    if len(pairs) == 0:
        return CellSites(everywhere, content, source, images, remarks, 0, crowded)
    return _shared(CellSites(everywhere, content, source, images, remarks, 0, crowded), pairs, sites)


def _transformed(position: NDArray[np.float64], operations: Operations) -> NDArray[np.float64]:
    """The position under each operation, (m, 3)."""
    images: NDArray[np.float64] = operations.rotations @ position + operations.shifts
    return images


def _reach(site: CifSite, lattice: NDArray[np.float64]) -> float:
    """How far apart, in Å, two images of a site may be that are one: by the rounding of its digits."""
    rounding = float(np.dot(site.rounding, np.linalg.norm(lattice, axis=1)))
    return min(CLASH, max(MERGED, 2 * rounding)) if site.occupancy >= PARTIAL else MERGED


def _has_near_images(
    positions: NDArray[np.float64], operations: Operations, lattice: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether an operation other than the identity, which is the first, leaves a position (n, 3) within ``CLASH``."""
    found = np.zeros(len(positions), dtype=bool)
    chunk = max(1, CHUNK // len(positions))
    for start in range(1, len(operations), chunk):
        part = slice(start, start + chunk)
        turned = positions @ (operations.rotations[part].transpose(0, 2, 1) - np.eye(3))
        offsets = turned + operations.shifts[part, None]
        cartesian = (offsets - np.round(offsets)) @ lattice
        found |= ((cartesian * cartesian).sum(axis=2) < CLASH**2).any(axis=0)
    return found


def _merged_images(
    start: NDArray[np.float64], operations: Operations, lattice: NDArray[np.float64], reach: float
) -> tuple[NDArray[np.float64], float, float]:
    """The images (k, 3), in the cell, of a site, where those within ``reach`` (Å) are one on a special position.

    Further, by how much (Å) it was moved onto the special position, and the distance (Å) of its closest other image.
    """
    position = start
    for _ in range(8):
        offsets = _transformed(position, operations) - position
        offsets -= np.round(offsets)
        distances = np.linalg.norm(offsets @ lattice, axis=1)
        same = distances < reach
        step = offsets[same].mean(axis=0)
        if np.abs(step).max() < 1e-12:
            break
        position = position + step
    moved = float(np.linalg.norm((position - start) @ lattice))
    images = _transformed(start if moved < 1e-9 else position, operations)
    expected = len(images) / int(same.sum())
    kept = _different_exactly(images)
    if len(kept) != expected:
        kept = _different(images, lattice, reach)
    if len(kept) != expected:
        words = " ".join(f"{x:g}" for x in start)
        raise CifFault(f"images of the site at {words} are too close to be two and too far apart to be one")
    closest = float(distances[~same].min()) if not same.all() else np.inf
    return _wrapped(images[kept]), moved, closest


def _different_exactly(images: NDArray[np.float64]) -> list[int]:
    """The first of each group of equal images (m, 3) by index; rounding may tell a few equal ones apart."""
    digits = np.floor(np.mod(images, 1.0) * DIGITS + 0.31) % DIGITS
    _, first = np.unique(digits @ [1.0, DIGITS, DIGITS**2], return_index=True)
    return sorted(first.tolist())


def _different(images: NDArray[np.float64], lattice: NDArray[np.float64], reach: float) -> list[int]:
    """The first of each group of images (m, 3) within ``reach`` (Å), by index."""
    kept: list[int] = []
    left = np.arange(len(images))
    while len(left):
        kept.append(int(left[0]))
        offsets = images[left] - images[left[0]]
        offsets -= np.round(offsets)
        left = left[np.linalg.norm(offsets @ lattice, axis=1) >= reach]
    return kept


def _wrapped(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    return positions - np.floor(positions)


def close_pairs(positions: NDArray[np.float64], lattice: NDArray[np.float64], distance: float) -> NDArray[np.int64]:
    """Pairs (p, 2) of positions in the cell that are closer than a distance in Å, short against the cell.

    Raises ``CifFault`` if there are more than ``MAX_NEIGHBOURS`` for each.
    """
    if len(positions) <= ALL_PAIRS:
        first, second = np.triu_indices(len(positions), 1)
        pairs = np.stack([first, second], axis=1)
    else:
        from scipy.spatial import cKDTree

        radius = min(0.49, distance * np.linalg.norm(np.linalg.inv(lattice), 2))
        tree = cKDTree(np.mod(positions, 1.0) % 1.0, boxsize=1.0)
        if tree.count_neighbors(tree, radius) > MAX_NEIGHBOURS * len(positions):
            raise CifFault(f"its atoms are at one place: more than {MAX_NEIGHBOURS} within {distance} Å of each")
        pairs = tree.query_pairs(radius, output_type="ndarray").reshape(-1, 2)
    offsets = positions[pairs[:, 0]] - positions[pairs[:, 1]]
    offsets -= np.round(offsets)
    close: NDArray[np.int64] = pairs[np.linalg.norm(offsets @ lattice, axis=1) < distance]
    return close[np.lexsort((close[:, 1], close[:, 0]))]


def _shared(cell: CellSites, pairs: NDArray[np.int64], sites: Sequence[CifSite]) -> CellSites:
    """The cell with each group of close atoms as one place. Atoms listed again as images of others are dropped."""
    leader = list(range(len(cell.content)))
    for first, second in pairs:
        leader[second] = min(leader[first], leader[second])
    content = [dict(c) for c in cell.content]
    members: dict[int, list[int]] = {}
    for k, lead in enumerate(leader):
        members.setdefault(lead, []).append(k)
    repeated: set[int] = set()
    for lead, group in members.items():
        if len(group) == 1:
            continue
        shared = [sites[cell.source[k]] for k in group]
        occupied = sum(site.occupancy for site in shared)
        is_again = len({site.number for site in shared}) == 1 and all(site.occupancy == 1 for site in shared)
        if occupied > FULL and not is_again:
            names = " and ".join(dict.fromkeys(site.label for site in shared))
            raise CifFault(f"{names} share a site, and their occupancies sum to {occupied:.4g}, above {FULL}")
        if is_again:
            repeated.update(int(cell.source[k]) for k in group[1:])
            continue
        for k in group[1:]:
            for z, occupancy in cell.content[k].items():
                content[lead][z] = content[lead].get(z, 0.0) + occupancy
    kept = [k for k, lead in enumerate(leader) if k == lead]
    content = [{z: 1.0 if n >= PARTIAL else n for z, n in content[k].items()} for k in kept]
    remarks = cell.remarks
    if repeated:
        names = ", ".join(sites[k].label for k in sorted(repeated)[:3])
        remarks = [*remarks, f"{len(repeated)} sites are images of others ({names}) and are counted once."]
    source = cell.source[kept]
    return CellSites(cell.positions[kept], content, source, cell.images, remarks, len(repeated), cell.crowded)
