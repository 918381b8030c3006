"""Training data of own candidates: all of them, with the heights that the gate judges or a potential's energies."""

from __future__ import annotations

import numpy as np
import pytest
from generate_scripted import KNOWN, Scripted

from electrolith.gen.properties import SHIPPED
from electrolith.gen.weight_folders import DEFAULT_FOLDER
from electrolith.generation.replacement_gate import predicted_heights
from electrolith.refinement import make_candidates
from electrolith.refinement.make_candidates import HIGHEST, candidates, with_energies, with_predicted_heights

HULL, FORMATION = (SHIPPED.column(name) for name in ("energy_above_hull", "formation_energy_per_atom"))


def test_all_candidates_of_a_run_are_kept_also_those_that_it_rejects() -> None:
    found = candidates(Scripted(), 4)
    assert len(found) > 4
    assert any(not np.isfinite(one.lattice).all() for one in found)


def test_heights_are_those_of_the_gate_and_bad_geometries_are_left_out() -> None:
    nowhere = KNOWN[0].__class__(225, KNOWN[0].positions, KNOWN[0].elements, KNOWN[0].theta, KNOWN[0].lattice * np.nan)
    found = with_predicted_heights([KNOWN[0], nowhere, KNOWN[4]], DEFAULT_FOLDER)
    expected = np.clip(predicted_heights([KNOWN[0], KNOWN[4]]), 0.0, HIGHEST)
    assert found.properties[:, HULL] == pytest.approx(expected)
    assert np.isnan(np.delete(found.properties, HULL, axis=1)).all()


def test_energies_are_those_of_the_potential_for_the_low_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_candidates, "energy_per_atom", lambda *_: -3.0)
    monkeypatch.setattr(make_candidates, "formation_energy", lambda *_: -1.5)
    monkeypatch.setattr(make_candidates, "hull_distance", lambda crystal, *_: 0.2 if crystal.formula == "LiCl" else 9.0)
    found = with_energies([KNOWN[0], KNOWN[1]], DEFAULT_FOLDER, "sevenn-0", below=1.0)
    assert found.properties[:, [FORMATION, HULL]].tolist() == [[-1.5, 0.2]]
    assert len(with_energies([KNOWN[1]], DEFAULT_FOLDER, "sevenn-0", below=-1.0)) == 0
