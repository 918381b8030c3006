"""Laws of percolation and of the bond-valence barrier."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from electrolith.evaluation.oracle_computations import ask_oracles
from electrolith.evaluation.oracle_findings import Finding
from electrolith.evaluation.oracles import BARRIER, COMPUTED_BY, RELAXED
from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.gen.symmetry.orbits import primitive_cell
from electrolith.validators.mobile_ions import mobile_ion_named
from electrolith.validators.transport import make_barriers
from electrolith.validators.transport.barrier import RESOLUTION, Barrier
from electrolith.validators.transport.bond_valence import site_energy
from electrolith.validators.transport.make_barriers import BARRIERS, main, row_of
from electrolith.validators.transport.migration_barriers import MigrationBarriers, migration_barriers
from electrolith.validators.transport.migration_path import migration_path
from electrolith.validators.transport.percolation import percolation_dimension, percolation_energies

Named = Callable[[str], Crystal]
STEP = 10 / 2**10  # eV, where bvlain's bisection of 10 eV ends


def waves(amplitudes: tuple[float, float, float], n: int = 12) -> np.ndarray:
    """A cos 2πx + B cos 2πy + C cos 2πz on n³ points: one well and one pass along each axis."""
    x = np.cos(2 * np.pi * np.arange(n) / n)
    a, b, c = amplitudes
    return a * x[:, None, None] + b * x[None, :, None] + c * x[None, None, :]


def test_the_passes_of_a_sum_of_waves_are_twice_its_amplitudes_from_the_lowest_on() -> None:
    assert percolation_energies(waves((2.0, 1.0, 3.0))) == pytest.approx((2.0, 4.0, 6.0))


def test_the_origin_does_not_matter() -> None:
    field = np.random.default_rng(0).random((7, 8, 9))
    assert percolation_energies(np.roll(field, (3, 5, 2), (0, 1, 2))) == percolation_energies(field)


def test_a_supercell_has_the_barriers_of_its_cell() -> None:
    field = np.random.default_rng(1).random((6, 5, 7))
    assert percolation_energies(np.tile(field, (2, 1, 3))) == percolation_energies(field)


def test_two_strands_that_change_places_are_one_endless_path() -> None:
    # each strand ends where the other begins, so the path comes back to its start only in the second cell
    strands = np.zeros((8, 8, 8), dtype=bool)
    strands[1, 1, :4] = strands[5, 5, :4] = True
    strands[1:6, 1, 4] = strands[1:6, 5, 4] = True
    strands[5, 1, 5] = strands[1, 5, 5] = True
    strands[5, 1:6, 6] = strands[1, 1:6, 6] = True
    strands[5, 5, 7] = strands[1, 1, 7] = True
    assert percolation_dimension(strands) == 1
    strands[5, 5, 7] = False
    assert percolation_dimension(strands) == 0


def test_closed_pockets_have_no_path_and_an_open_grid_has_all() -> None:
    is_open = np.zeros((6, 6, 6), dtype=bool)
    assert percolation_dimension(is_open) == 0
    is_open[1:4, 1:4, 1:4] = True
    assert percolation_dimension(is_open) == 0
    assert percolation_dimension(~is_open) == 3


def test_sheets_that_are_not_joined_are_two_dimensional() -> None:
    sheets = np.zeros((6, 6, 6), dtype=bool)
    sheets[0], sheets[3] = True, True
    assert percolation_dimension(sheets) == 2
    crossed = np.zeros((8, 8, 8), dtype=bool)
    crossed[:, 0, 0], crossed[4, :, 4] = True, True  # one rod along x, another along y, apart from each other
    assert percolation_dimension(crossed) == 1


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without what bvlain prints, and without its warnings of scipy's old names and of regular expressions."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def by_bvlain(crystal: Crystal, ion: str) -> tuple[Any, np.ndarray]:
    """bvlain's calculator, and its site energy on a grid of 0.3 Å."""
    with quiet():
        from bvlain import Lain

        lain = Lain(verbose=False)
        lain.read_structure(crystal.structure)
        field = lain.bvse_distribution(ion, r_cut=10.0, resolution=0.3, k=100)
        return lain, field[:-1, :-1, :-1]  # its last planes repeat the first


@pytest.mark.parametrize("name", ["Li3N", "Li2O", "LiCoO2", "Li3PO4"])
def test_site_energy_and_percolation_are_those_of_bvlain(name: str, crystal_named: Named) -> None:
    crystal = crystal_named(name)
    lain, theirs = by_bvlain(crystal, "Li1+")
    with quiet():
        found = lain.percolation_barriers(encut=10.0).values()
    low = theirs < theirs.min() + 3
    assert np.abs(site_energy(crystal, 0.3) - theirs)[low].max() < 0.005
    for mine, other in zip(percolation_energies(theirs), found, strict=True):
        assert mine == other or -1e-4 < other - mine < STEP


def test_cations_repel_an_ion_of_two_charges_twice_as_strongly(crystal_named: Named) -> None:
    crystal = crystal_named("MgAl2O4")
    _, theirs = by_bvlain(crystal, "Mg2+")
    low = theirs < theirs.min() + 3
    assert np.abs(site_energy(crystal, 0.3, mobile_ion_named("Mg")) - theirs)[low].max() < 0.005


def test_barriers_do_not_depend_on_the_cell_chosen(crystal_named: Named) -> None:
    crystal = crystal_named("Li2O")
    larger = Crystal.from_structure(crystal.structure * [2, 1, 1])
    one, other = Barrier().check(crystal), Barrier().check(larger)
    assert one.value == pytest.approx(other.value, abs=1e-6)


def test_lithium_cobalt_oxide_conducts_in_its_layers_alone(crystal_named: Named) -> None:
    verdict = Barrier(in_2d_at_most=1.5, in_3d_at_most=2.0).check(crystal_named("LiCoO2"))
    assert verdict.passed is False
    assert verdict.value is None
    assert "no path in 3D" in verdict.reason
    assert Barrier(in_2d_at_most=1.5).check(crystal_named("LiCoO2")).passed


def test_lithium_nitride_has_a_lower_barrier_than_lithium_phosphate(crystal_named: Named) -> None:
    low, high = (Barrier(in_3d_at_most=0.5).check(crystal_named(n)) for n in ("Li3N", "Li3PO4"))
    assert low.passed
    assert high.passed is False
    assert low.value is not None
    assert low.value < (high.value or 0)


def test_a_crystal_without_a_barrier_gets_a_reason(crystal_named: Named) -> None:
    assert Barrier().check(crystal_named("NaCl")).passed is None
    assert Barrier(in_3d_at_most=1.0).check(crystal_named("NaCl")).passed is False
    assert "no lithium" in Barrier().check(crystal_named("NaCl")).reason
    small = Barrier(max_atoms=2).check(crystal_named("Li2O"))
    assert small.passed is None
    assert "more than 2 atoms" in small.reason
    vast = Crystal.of(np.diag([500.0, 500.0, 500.0]), [[0, 0, 0], [0.5, 0.5, 0.5]], [3, 9])
    assert "too large" in Barrier().check(vast).reason
    alloy = Crystal.of(3.2 * np.eye(3), [[0, 0, 0], [0.5, 0.5, 0.5]], [3, 12])
    assert Barrier().check(alloy).passed is None
    assert "site energy" in Barrier().check(alloy).reason


@pytest.mark.parametrize(
    "limits", [{"in_1d_at_most": 0.5, "in_2d_at_most": 0.4}, {"in_3d_at_most": -1.0}, {"resolution": 0.0}]
)
def test_impossible_limits_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(UserError):
        Barrier(**limits)


def test_a_finer_grid_changes_little(crystal_named: Named) -> None:
    rough, fine = (percolation_energies(site_energy(crystal_named("Li2O"), step))[0] for step in (0.2, 0.1))
    assert abs(rough - fine) < 0.08


@pytest.mark.parametrize(("dimensions", "axis"), [(1, 1), (2, 0), (3, 2)])
def test_a_path_ends_one_cell_further_and_its_highest_point_is_the_pass(dimensions: int, axis: int) -> None:
    field = waves((2.0, 1.0, 3.1))
    level = field.min() + percolation_energies(field)[dimensions - 1]
    path = migration_path(field, float(level), np.diag([4.0, 5.0, 6.0]))
    assert path is not None
    moved = path.coordinates[-1] - path.coordinates[0]
    assert abs(moved[axis]) == pytest.approx(1.0)
    assert path.energies.max() == pytest.approx(level)
    assert path.energies[0] == path.energies[-1] == path.energies.min()
    steps = np.abs(np.diff(path.coordinates * 12, axis=0)).round(9)
    assert steps.max() == 1.0
    lengths = np.linalg.norm(np.diff(path.coordinates, axis=0) @ np.diag([4.0, 5.0, 6.0]), axis=1)
    assert path.distances[-1] == pytest.approx(lengths.sum())


def test_the_check_the_labels_and_the_targets_mean_the_energy_of_the_pass_above_the_lowest_point(
    crystal_named: Named,
) -> None:
    crystal = crystal_named("Li3PO4")
    passes = percolation_energies(site_energy(primitive_cell(crystal), RESOLUTION))
    verdict = Barrier(in_3d_at_most=2.0).check(crystal)
    assert verdict.value == passes[2]
    assert [float(str(row_of(crystal)[name])) for name in BARRIERS] == pytest.approx(passes, abs=1e-4)
    arrays = {name: getattr(crystal, name).tolist() for name in ("lattice", "frac_coords", "atomic_numbers")}
    as_is = Finding(extra=arrays | {"energy": 0.0, "converged": True})
    oracle = ask_oracles(crystal, (BARRIER,), {RELAXED: as_is})[BARRIER]
    assert oracle.values == dict(zip(COMPUTED_BY[BARRIER], passes, strict=True))
    assert max(point[1] for point in verdict.profile) == pytest.approx(verdict.value, abs=1e-3)


def test_what_the_highest_ion_needs_is_a_detail_and_never_more_than_the_barrier(crystal_named: Named) -> None:
    verdict = Barrier(in_3d_at_most=2.0, resolution=0.3).check(crystal_named("Li3PO4"))
    found = migration_barriers(primitive_cell(crystal_named("Li3PO4")), 0.3)
    detail = next(d.value for d in verdict.details if d.name == "above the highest occupied site")
    assert detail == pytest.approx(found.barriers[2] - found.highest_site)
    assert found.highest_site > 0
    assert verdict.value == found.barriers[2]


def test_an_ion_above_the_pass_has_no_barrier() -> None:
    field = waves((1.0, 1.0, 1.0))
    above = MigrationBarriers(field, np.eye(3), np.array([field.min(), field.min() + 2.5]), (2.0, 2.0, 3.0))
    assert above.from_occupied == pytest.approx((0.0, 0.0, 0.5))


def test_other_ions_have_barriers_and_an_unknown_one_is_named(crystal_named: Named) -> None:
    salt = Barrier(resolution=0.4, mobile_ion="Na").check(crystal_named("NaCl"))
    assert salt.passed
    assert 0 < (salt.value or 0) < 3
    assert Barrier(mobile_ion="sodium").check(crystal_named("Li2O")).reason == "there is no sodium in it"
    with pytest.raises(UserError, match="There are: Li, Na, K, Mg, Ca, Zn"):
        Barrier(mobile_ion="Xx")


def test_a_table_of_barriers_goes_on_where_it_ended(
    crystal_named: Named, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "more than 2 atoms" in str(row_of(crystal_named("Li2O"), largest=2)["reason"])
    out = tmp_path / "barriers.csv"
    crystals = [crystal_named(name) for name in ("NaCl", "Li2O")]
    monkeypatch.setattr(make_barriers, "read_crystals", lambda _: iter(crystals))
    monkeypatch.setattr("sys.argv", ["make_barriers", "crystals", "-o", str(out), "--largest", "2"])
    main()
    once = out.read_text()
    main()
    assert out.read_text() == once
    assert once.count("\n") == 2
