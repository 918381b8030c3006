"""Records of a screening: JSON gives back the same record."""

from __future__ import annotations

import json

import numpy as np

from electrolith.gen.crystal import Crystal
from electrolith.gen.findings import ElasticModuli, Findings, PotentialEnergy
from electrolith.screening.results import crystal_from, mapping_of

SALT = Crystal.of(4.0 * np.eye(3), [[0, 0, 0], [0.5, 0.5, 0.5]], [55, 17], "CsCl", {"band_gap": 8.3})


def test_a_crystal_comes_back_from_json_with_its_columns_and_findings() -> None:
    known = SALT.with_findings(energy=PotentialEnergy(-3.2, "chgnet"), moduli=ElasticModuli(20.0, 10.0, "sevenn-0"))
    again = crystal_from(json.loads(json.dumps(mapping_of(known))))
    assert again.findings == known.findings
    assert dict(again.info) == dict(SALT.info)
    assert np.array_equal(again.lattice, SALT.lattice)


def test_a_crystal_of_a_journal_without_findings_is_read() -> None:
    values = json.loads(json.dumps(mapping_of(SALT)))
    del values["findings"]
    assert crystal_from(values).findings == Findings()
