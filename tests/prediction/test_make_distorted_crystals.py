"""Distorted crystals keep their space group, and are labelled with the rise of the energy above their origin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.symmetry.orbits import crystal_of, orbits_of
from electrolith.prediction import make_distorted_crystals
from electrolith.prediction.distorted_crystals import Distorted, origins, strained
from electrolith.prediction.make_distorted_crystals import labelled


def test_a_strained_crystal_has_another_volume_and_the_same_skeleton() -> None:
    rng, data = np.random.default_rng(1), reference_set()
    for row in origins(8, rng):
        orbits = data[row]
        other = strained(orbits, rng)
        before, after = (crystal_of(o, primitive=True) for o in (orbits, other))
        assert abs(after.volume / before.volume - 1) > 1e-6
        found = orbits_of(after, 0.01)
        assert found.space_group >= orbits.space_group or found.n_atoms == orbits.n_atoms
        assert (other.positions == orbits.positions).all()


def test_labels_are_the_known_energy_plus_the_rise_by_the_potential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def energy(crystal: Crystal, _: str) -> float:  # 0.1 eV/atom for each Å³/atom
        calls.append(crystal.formula)
        return 0.1 * crystal.volume / len(crystal)

    calls: list[str] = []
    monkeypatch.setattr(make_distorted_crystals, "energy_per_atom", energy)
    rng, data = np.random.default_rng(2), reference_set()
    rows = origins(12, rng)
    crystals = [Distorted(f"{row}|strained", row, strained(data[row], rng)) for row in rows]
    made = labelled(crystals, "mine", tmp_path / "kept")
    assert 0 < len(made) < 12  # those that became much smaller are below their origin: left out
    for k, name in enumerate(made.ids.tolist()):
        row = int(name.split("|")[0])
        volumes = [crystal_of(o, primitive=True).volume / data.n_atoms[row] for o in (made[k], data[row])]
        rise = 0.1 * (volumes[0] - volumes[1])
        assert rise > -0.05
        for p in ("energy_above_hull", "formation_energy_per_atom"):
            assert made.property(p)[k] - data.property(p)[row] == pytest.approx(rise, abs=1e-5)
    assert np.isnan(made.property("bulk_modulus")).all()
    assert (made.split == SPLITS.index("train")).all()
    done = len(calls)
    labelled(crystals, "mine", tmp_path / "kept")
    assert len(calls) == done  # a stopped run continues with what it has
