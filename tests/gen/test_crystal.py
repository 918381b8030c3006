"""Laws of crystals: their findings cannot change, and later crystals keep them."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.findings import ElasticModuli, Findings, PotentialEnergy, findings_from

SALT = Crystal.of(4.0 * np.eye(3), [[0, 0, 0], [0.5, 0.5, 0.5]], [55, 17], "CsCl", {"band_gap": 8.3})
ALL_FOUND = Findings(221, PotentialEnergy(-3.2, "chgnet"), ElasticModuli(20.0, 10.0, "sevenn-0"))


def test_neither_the_columns_of_the_input_nor_the_findings_can_be_written() -> None:
    crystal: Any = SALT
    with pytest.raises(TypeError):
        crystal.info["band_gap"] = 0.0
    with pytest.raises(AttributeError):
        crystal.findings.space_group = 1
    columns = {"band_gap": 8.3}
    made = Crystal.of(SALT.lattice, SALT.frac_coords, SALT.atomic_numbers, info=columns)
    columns["band_gap"] = 0.0
    assert made.info["band_gap"] == 8.3


def test_a_finding_makes_a_new_crystal_and_keeps_the_earlier_ones() -> None:
    found = SALT.with_findings(space_group=221).with_findings(energy=PotentialEnergy(-3.2, "chgnet"))
    assert found.findings.space_group == 221
    assert found.findings.energy == PotentialEnergy(-3.2, "chgnet")
    assert SALT.findings == Findings()


def test_findings_and_columns_follow_the_crystal_into_another_cell() -> None:
    known = SALT.with_findings(space_group=221).with_info({"hardness": 1.0})
    moved = known.in_cell(2 * SALT.lattice, SALT.frac_coords, SALT.atomic_numbers)
    assert moved.volume == pytest.approx(8 * SALT.volume)
    assert (moved.name, moved.findings) == (SALT.name, known.findings)
    assert dict(moved.info) == {"band_gap": 8.3, "hardness": 1.0}


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda crystal: pickle.loads(pickle.dumps(crystal))])
def test_copies_and_pickles_of_a_crystal_know_the_same(copied: Any) -> None:
    again = copied(SALT.with_findings(space_group=221))
    assert dict(again.info) == dict(SALT.info)
    assert again.findings.space_group == 221
    assert np.array_equal(again.lattice, SALT.lattice)


@pytest.mark.parametrize("findings", [Findings(), Findings(225), ALL_FOUND])
def test_findings_survive_json(findings: Findings) -> None:
    assert findings_from(json.loads(json.dumps(asdict(findings)))) == findings
