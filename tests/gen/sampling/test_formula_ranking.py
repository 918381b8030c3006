"""Predictions are ranked: equivalent skeletons count as one, likely ones come first and come again."""

from __future__ import annotations

import numpy as np

from electrolith.gen.sampling.formula_ranking import ranked, schedule
from electrolith.gen.skeleton.skeleton import Skeleton
from electrolith.gen.symmetry.normaliser import canonical, renamings
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables

NA, CL = 11, 17


def rock_salt(cation: int, anion: int, log_likelihood: float = -1.0) -> Skeleton:
    first = int(wyckoff_tables().position_start[225])
    return Skeleton(225, (first, first + 1), (cation, anion), log_likelihood)


def test_rock_salt_reads_the_same_from_either_origin() -> None:
    one, other = rock_salt(NA, CL), rock_salt(CL, NA)
    assert canonical(225, one.positions, one.elements) == canonical(225, other.positions, other.elements)


def test_every_group_keeps_its_own_description_among_the_equivalent_ones() -> None:
    for group in range(1, 231):
        identity = list(range(len(wyckoff_tables().positions_of(group))))
        assert identity in renamings(group).tolist()


def test_equivalent_skeletons_share_their_probability() -> None:
    first = int(wyckoff_tables().position_start[225])
    other = Skeleton(225, (first + 2,), (NA,), -0.5)
    order = ranked([rock_salt(NA, CL, -1.0), rock_salt(CL, NA, -1.1), rock_salt(CL, NA, -1.1), other])
    assert len(order) == 2
    assert abs(sum(share for _, share in order) - 1) < 1e-12
    assert (order[0][0].positions, order[0][0].elements) == (rock_salt(NA, CL).positions, (NA, CL))
    assert abs(order[0][0].log_likelihood - np.log(np.exp(-1.0) + np.exp(-1.1))) < 1e-12


def test_skeletons_of_large_cells_have_shares_although_their_probabilities_are_tiny() -> None:
    order = ranked([rock_salt(NA, CL, -2000.0), Skeleton(225, rock_salt(NA, CL).positions[:1], (NA,), -2001.0)])
    assert [round(share, 3) for _, share in order] == [0.731, 0.269]


def test_a_likely_skeleton_is_tried_again_before_an_unlikely_one_is_tried() -> None:
    assert schedule([0.9, 0.06, 0.04], 4) == [0, 0, 0, 1]
    assert schedule([0.4, 0.3, 0.3], 4) == [0, 1, 2, 0]
    assert schedule([], 3) == []
