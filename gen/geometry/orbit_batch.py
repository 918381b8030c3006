"""A batch of skeletons as tensors: the atoms, and the symmetry operations that carry representatives to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from ..segments import segment_sum
from ..symmetry.wyckoff_tables import WyckoffTables, wyckoff_tables


@dataclass(frozen=True, eq=False)
class OrbitBatch:
    """Skeletons of B crystals with M orbits and N atoms of the primitive cells; coordinates are of conventional cells.

    symbol         meaning                                                     shape
    space_group    number of the space group                                   (B,)
    primitive      primitive vectors in conventional ones                      (B, 3, 3)
    n_atoms        atoms in the primitive cell                                 (B,)
    cells          primitive cells in the conventional one                     (B,)
    polar          axes along which the origin is free                         (B, 3)
    crystal        crystal of each orbit                                       (M,)
    element        atomic number of each orbit                                 (M,)
    sites          atoms of each orbit in the primitive cell                   (M,)
    linear, offset  A and b of the representative r = A θ + b                  (M, 3, 3), (M, 3)
    free           mask of the free ones of x, y, z                            (M, 3)
    site_start, site_count  site-symmetry operations of each orbit in ``site_rotation``  (M,), (M,)
    site_rotation  W of the site-symmetry operations of all Wyckoff positions  (…, 3, 3)
    first          representative of each orbit, index of an atom              (M,)
    orbit          orbit of each atom                                          (N,)
    rotation, translation  W and w, which carry the representative to the atom  (N, 3, 3), (N, 3)
    """

    space_group: Tensor
    primitive: Tensor
    n_atoms: Tensor
    cells: Tensor
    polar: Tensor
    crystal: Tensor
    element: Tensor
    sites: Tensor
    linear: Tensor
    offset: Tensor
    free: Tensor
    site_start: Tensor
    site_count: Tensor
    site_rotation: Tensor
    first: Tensor
    orbit: Tensor
    rotation: Tensor
    translation: Tensor

    def __len__(self) -> int:
        return len(self.space_group)

    def shares(self, dtype: torch.dtype = torch.float32) -> Tensor:
        """Share of the atoms of its crystal that each orbit holds, (M,)."""
        return self.sites.to(dtype) / self.n_atoms[self.crystal]

    @classmethod
    def of(
        cls,
        space_group: Tensor,
        crystal: Tensor,
        positions: Tensor,
        element: Tensor,
        dtype: torch.dtype = torch.float32,
    ) -> OrbitBatch:
        """The batch of group numbers (B,) and of crystal, Wyckoff position and element of each orbit (M,).

        All tensors lie on one device; ``crystal`` ascends.
        """
        table = _tables_on(str(positions.device), dtype)
        sites = table["op_count"][positions]
        orbit = torch.repeat_interleave(torch.arange(len(positions), device=positions.device), sites)
        first = torch.cumsum(sites, 0) - sites
        op = torch.arange(len(orbit), device=positions.device) - first[orbit] + table["op_start"][positions][orbit]
        n_atoms = segment_sum(sites, crystal, len(space_group))
        linear = table["linear"][positions]
        return cls(
            space_group=space_group,
            primitive=table["primitive"][space_group],
            n_atoms=n_atoms,
            cells=table["cells"][space_group],
            polar=table["polar"][space_group],
            crystal=crystal,
            element=element,
            sites=sites,
            linear=linear,
            offset=table["offset"][positions],
            free=linear.abs().sum(1) > 0,
            site_start=table["site_start"][positions],
            site_count=table["site_count"][positions],
            site_rotation=table["site_rotation"],
            first=first,
            orbit=orbit,
            rotation=table["op_rotation"][op],
            translation=table["op_translation"][op],
        )


_FLOAT = ("linear", "offset", "op_rotation", "op_translation", "site_rotation", "primitive")
_INTEGER = ("op_start", "op_count", "site_start", "site_count", "cells", "polar")


@cache
def _tables_on(device: str, dtype: torch.dtype) -> dict[str, Tensor]:
    tables: WyckoffTables = wyckoff_tables()
    floats = {k: torch.tensor(getattr(tables, k), dtype=dtype, device=device) for k in _FLOAT}
    return floats | {k: torch.tensor(getattr(tables, k), device=device) for k in _INTEGER}
