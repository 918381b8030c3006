"""Networks hold copies of the shared tables, so that averaging or loading weights changes no table."""

from __future__ import annotations

import numpy as np
import pytest
from torch import nn

from electrolith.gen.skeleton.skeleton_features import element_features, position_features, site_symmetries
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.surrogate.orbit_network import OrbitNetwork, SurrogateSize
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables


@pytest.mark.parametrize("network", [SkeletonNetwork(SkeletonSize(8, 1, 2)), OrbitNetwork(SurrogateSize(8, 1, 2, 1))])
def test_buffers_of_a_network_are_its_own(network: nn.Module) -> None:
    shared = [wyckoff_tables().position_start, site_symmetries()[0], position_features(), element_features()]
    before = [table.copy() for table in shared]
    for buffer in network.buffers():
        buffer.zero_()
    assert all(np.array_equal(one, other) for one, other in zip(shared, before, strict=True))
