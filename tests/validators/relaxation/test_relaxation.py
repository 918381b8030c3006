"""Relaxation: forces below the limit, symmetry kept, and crystals that fall apart are rejected."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from egg_box import cell_of

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.validators.relaxation.mean_places import displaced
from electrolith.validators.relaxation.potential_energy import energy_per_atom, unphysical
from electrolith.validators.relaxation.potentials import atoms_of
from electrolith.validators.relaxation.relaxation_check import Relaxation
from electrolith.validators.structure.symmetry import found_space_group

Named = Callable[[str], Crystal]
EMT, LJ = "ase.calculators.emt:EMT", "ase.calculators.lj:LennardJones"
chgnet = pytest.mark.filterwarnings("ignore")  # the warnings of CHGNet's own dependencies are not ours


def alloy(swollen: float = 1.0, shift: float = 0.0) -> Crystal:
    """Cu3Au, one gold atom to three of copper, a little off its sites."""
    sites = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    sites[1:] += shift * np.array([[0.3, 0.1, 0.2], [-0.2, 0.3, 0.1], [0.1, -0.3, -0.2]])
    return Crystal.of(3.75 * swollen * np.eye(3), sites, [79, 29, 29, 29], "Cu3Au")


def test_forces_and_stress_of_a_relaxed_crystal_are_below_the_limit() -> None:
    verdict, relaxed = Relaxation(EMT, keep_symmetry=False, force_limit=0.01).apply(alloy(1.04, 0.1))
    assert relaxed is not None
    assert verdict.passed
    atoms = atoms_of(relaxed, EMT)
    assert np.linalg.norm(atoms.get_forces(), axis=1).max() < 0.01
    assert np.abs(atoms.get_stress()).max() * relaxed.volume / len(relaxed) < 0.01


def test_later_checks_find_the_energy_of_the_relaxation() -> None:
    _, relaxed = Relaxation(EMT).apply(alloy(1.02))
    assert relaxed is not None
    assert relaxed.findings.energy.potential == EMT
    assert relaxed.findings.energy.per_atom == pytest.approx(energy_per_atom(relaxed, EMT), abs=1e-6)


def test_a_relaxation_lowers_the_energy_and_a_relaxed_crystal_does_not_change() -> None:
    start = alloy(1.03, 0.05)
    _, once = Relaxation(EMT, force_limit=0.005).apply(start)
    assert once is not None
    assert once.findings.energy.per_atom < energy_per_atom(start, EMT)
    verdict, twice = Relaxation(EMT).apply(once)
    assert twice is not None
    assert verdict.value == pytest.approx(0.0, abs=1e-3)


def test_symmetry_is_kept_although_the_potential_would_break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from ase.calculators import emt

    class Skewed(emt.EMT):
        """EMT that pulls at one edge and one atom, as noise would."""

        def calculate(self, *args: object, **kwargs: object) -> None:
            super().calculate(*args, **kwargs)
            self.results["forces"] = self.results["forces"] + np.eye(len(self.atoms), 3) * 0.2
            self.results["stress"] = self.results["stress"] + np.array([0.01, 0, 0, 0, 0.01, 0])

    monkeypatch.setattr(emt, "Skewed", Skewed, raising=False)
    skewed = "ase.calculators.emt:Skewed"
    start = alloy(1.03)
    verdict, kept = Relaxation(skewed, max_steps=40).apply(start)
    assert kept is not None
    assert found_space_group(kept, 1e-4) == 221, verdict
    _, free = Relaxation(skewed, keep_symmetry=False, max_steps=40).apply(start)
    assert free is None or found_space_group(free, 1e-4) != 221


def test_a_crystal_that_falls_apart_is_rejected_with_the_reason() -> None:
    bent = Crystal.of(2.2 * np.eye(3), [[0, 0, 0]], [18])  # far inside the wall of σ = 1, ε = 1: nothing holds it
    dense = Crystal.of(bent.lattice * 0.3, bent.frac_coords, [1])
    verdict, relaxed = Relaxation(LJ, max_steps=200).apply(dense)
    assert relaxed is None
    assert verdict.passed is False
    assert "fell apart" in verdict.reason


def test_too_many_atoms_and_too_few_steps_are_unknown() -> None:
    verdict, relaxed = Relaxation(EMT, max_atoms=3).apply(alloy())
    assert (verdict.passed, relaxed) == (None, None)
    assert "more than 3 atoms" in verdict.reason
    verdict, relaxed = Relaxation(EMT, max_steps=1, force_limit=1e-4).apply(alloy(1.05))
    assert verdict.passed is None
    assert relaxed is not None


def test_an_element_that_the_potential_does_not_know_is_unknown() -> None:
    strange = Crystal.of(5 * np.eye(3), [[0, 0, 0]], [92])
    verdict, relaxed = Relaxation(EMT).apply(strange)
    assert (verdict.passed, relaxed) == (None, None)
    assert "no answer" in verdict.reason


def test_a_displacement_above_the_limit_fails() -> None:
    start = alloy(1.0, 0.2)
    verdict, _ = Relaxation(EMT, keep_symmetry=False, distance_at_most=0.01).apply(start)
    assert verdict.passed is False
    assert verdict.value is not None
    assert verdict.value > 0.01


def test_impossible_limits_are_refused() -> None:
    with pytest.raises(UserError, match="force limit"):
        Relaxation(EMT, force_limit=0)


@chgnet
@pytest.mark.parametrize("name", ["Li2O", "TiO2"])
def test_chgnet_keeps_the_space_group_of_known_crystals(name: str, crystal_named: Named) -> None:
    pytest.importorskip("chgnet")
    start = crystal_named(name)
    verdict, relaxed = Relaxation().apply(start)
    assert relaxed is not None
    assert verdict.passed
    assert found_space_group(relaxed, 0.001) == found_space_group(start, 0.001)


@pytest.mark.usefixtures("eggs")
def test_a_model_leaves_the_saddle_points_on_which_its_symmetry_holds_it() -> None:
    check = Relaxation("eggs:saddle")
    held, free = (one.apply(cell_of(1))[1] for one in (check, check.of_averages()))
    assert held is not None
    assert free is not None
    assert free.findings.energy.per_atom < held.findings.energy.per_atom - 0.05


def test_shifts_are_the_same_each_time_and_as_long_as_asked() -> None:
    start = alloy()
    one, other = displaced(start, 0.05), displaced(start, 0.05)
    assert (one.frac_coords == other.frac_coords).all()
    moved = (one.frac_coords - start.frac_coords) @ start.lattice
    assert 0.02 < np.sqrt((moved**2).sum(1).mean()) < 0.1
    assert displaced(start, 0.0) is start


def test_shifts_that_would_bring_atoms_too_close_for_a_potential_are_not_made() -> None:
    row = Crystal.of(np.diag([4 * 1.29, 6, 6]), [[k / 4, 0, 0] for k in range(4)], [3] * 4)  # limit of Li-Li: 1.28 Å
    assert not unphysical(row)
    assert displaced(row, 0.05) is row


@pytest.mark.parametrize(("moved", "kept"), [(-0.1, False), (0.1, True)], ids=["negative", "symmetry kept"])
def test_shifts_that_cannot_be_made_are_refused(moved: float, kept: bool) -> None:
    with pytest.raises(UserError, match="displaced: "):
        Relaxation(EMT, keep_symmetry=kept, displaced=moved)
