"""Laws of the structure surrogate: invariances of its predictions, their spreads, and reasons for doubt."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from electrolith.cli.app import app
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.errors import UserError
from electrolith.gen.geometry.network_size import NetworkSize
from electrolith.gen.properties import SHIPPED
from electrolith.gen.surrogate.model_card import NAME, Known, load_card
from electrolith.gen.surrogate.orbit_surrogate import default_orbit_surrogate
from electrolith.gen.surrogate.structure_network import StructureNetwork
from electrolith.gen.surrogate.structure_surrogate import FILES, StructureSurrogate, tensors
from electrolith.gen.symmetry.orbits import Orbits, crystal_of, orbits_of
from electrolith.gen.weight_folders import FOLDER
from electrolith.prediction.prediction import ELASTIC, predict

SMALL = NetworkSize(scalars=16, vectors=8, tensors=4, layers=2)
shipped = pytest.mark.skipif(not list((FOLDER / "default").glob(FILES)), reason="no weights lie in the package")


@pytest.fixture(scope="module")
def untrained() -> StructureSurrogate:
    torch.manual_seed(0)
    return StructureSurrogate([StructureNetwork(SMALL), StructureNetwork(SMALL)], default_orbit_surrogate(), None)


def supercell(crystal: Crystal, axis: int) -> Crystal:
    """Twice the crystal along an axis."""
    lattice, coords = crystal.lattice.copy(), crystal.frac_coords.copy()
    lattice[axis] *= 2
    coords[:, axis] /= 2
    moved = coords.copy()
    moved[:, axis] += 0.5
    return Crystal.of(lattice, np.concatenate([coords, moved]), np.tile(crystal.atomic_numbers, 2))


def test_a_prediction_does_not_depend_on_cell_origin_and_orientation(
    untrained: StructureSurrogate, named_crystal: Crystal
) -> None:
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    double = supercell(named_crystal, 2)
    moved = Crystal.of(double.lattice @ turn, double.frac_coords + np.array([0.13, 0.27, 0.41]), double.atomic_numbers)
    one, other = (untrained.normalised([orbits_of(c)])[0] for c in (named_crystal, moved))
    np.testing.assert_allclose(one, other, atol=2e-3)


def test_a_prediction_does_not_depend_on_the_other_crystals_of_its_batch(untrained: StructureSurrogate) -> None:
    data = reference_set()
    some = [data[int(i)] for i in np.random.default_rng(1).integers(len(data), size=12)]
    together = untrained.normalised(some)[0]
    alone = np.concatenate([untrained.normalised([x])[0] for x in some])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_a_prediction_does_not_depend_on_the_order_of_the_orbits(untrained: StructureSurrogate) -> None:
    data = reference_set()
    some = [data[int(i)] for i in np.random.default_rng(2).integers(len(data), size=8)]
    turned = [
        Orbits(o.space_group, o.positions[::-1].copy(), o.elements[::-1].copy(), o.theta[::-1].copy(), o.lattice)
        for o in some
    ]
    one, other = (untrained.predict(orbits) for orbits in (some, turned))
    np.testing.assert_allclose(one.values, other.values, rtol=1e-3)
    np.testing.assert_allclose(one.spreads, other.spreads, rtol=1e-3)


def test_a_prediction_depends_on_the_geometry(
    untrained: StructureSurrogate, crystal_named: Callable[[str], Crystal]
) -> None:
    small = crystal_named("NaCl")
    large = Crystal.of(small.lattice * 1.05, small.frac_coords, small.atomic_numbers)
    one, other = (untrained.normalised([orbits_of(c)])[0] for c in (small, large))
    assert np.abs(one - other).max() > 1e-4


def test_only_elements_that_are_there_learn(crystal_named: Callable[[str], Crystal]) -> None:
    torch.manual_seed(0)
    network = StructureNetwork(SMALL)
    value, width = network(*tensors([orbits_of(crystal_named("NaCl"))]))
    (value.sum() + width.sum()).backward()
    gradient = network.trunk.element.weight.grad
    assert gradient is not None
    assert set(torch.nonzero(gradient.abs().sum(1))[:, 0].tolist()) == {11, 17}


def test_the_spread_of_an_ensemble_holds_the_disagreement_of_its_members(
    untrained: StructureSurrogate, crystal_named: Callable[[str], Crystal]
) -> None:
    orbits = [orbits_of(crystal_named("NaCl"))]
    values = [
        StructureSurrogate([n], untrained.orbit_surrogate, None).normalised(orbits)[0] for n in untrained.networks
    ]
    value, variance = untrained.normalised(orbits)
    np.testing.assert_allclose(value, np.mean(values, 0), atol=1e-6)
    assert (variance >= np.var(values, 0) - 1e-9).all()


def test_density_is_computed(untrained: StructureSurrogate, crystal_named: Callable[[str], Crystal]) -> None:
    crystal = crystal_named("NaCl")
    value, spread = untrained.predict([orbits_of(crystal)]).of("density")
    assert value[0] == pytest.approx(crystal.density, rel=1e-3)
    assert spread[0] == 0


def known(**changes: object) -> Known:
    fields = {
        "labels": {"computed": 9}, "low": 1.0, "high": 2.0, "error": 0.1, "rank": 0.9, "rows": 5, "share": 0.5,
        "scale": 1.0, "usual": 0.2, "elements": ("Li", "O"),
    }  # fmt: skip
    return Known(**(fields | changes))  # type: ignore[arg-type]


def test_doubt_names_elements_that_training_has_not_seen_and_spreads_out_of_the_usual() -> None:
    assert known().doubt({"Li", "O"}, 0.1) == ""
    assert "Xe" in known().doubt({"Li", "Xe"}, 0.1)
    assert "spread" in known().doubt({"Li"}, 0.3)


def test_a_damaged_card_is_the_users_to_repair(tmp_path: Path) -> None:
    assert load_card(tmp_path) is None
    (tmp_path / NAME).write_text('{"band_gap": {"labels": 3}}')
    with pytest.raises(UserError, match="damaged"):
        load_card(tmp_path)


@shipped
def test_the_shipped_surrogate_halves_the_error_of_knowing_the_median_alone() -> None:
    data = reference_set()
    test = data.take((data.split == SPLITS.index("test")) & np.isfinite(data.property("bulk_modulus")))
    test = test.take(np.arange(0, len(test), max(1, len(test) // 150)))
    found = StructureSurrogate.load().predict(list(test))
    for name in ("bulk_modulus", "shear_modulus", "formation_energy_per_atom"):
        column = SHIPPED.column(name)
        truth, value = (SHIPPED.normalise(values)[:, column] for values in (test.properties, found.values))
        error, error_of_median = (np.nanmean(np.abs(guess - truth)) for guess in (value, np.nanmedian(truth)))
        assert error < error_of_median / 2, name


@shipped
def test_predictions_of_strange_things_have_reasons(crystal_named: Callable[[str], Crystal]) -> None:
    salt, oxide = crystal_named("NaCl"), crystal_named("Li2O")
    flat = Crystal.of(np.zeros((3, 3)), salt.frac_coords, salt.atomic_numbers, "flat")
    one, two, three = predict([salt, flat, oxide])
    assert two.reason
    assert not two.values
    assert "li_barrier" not in one.values  # no lithium, no barrier
    assert {p.name for p in SHIPPED} | set(ELASTIC) == set(three.values)
    k, g = three.values["bulk_modulus"].value, three.values["shear_modulus"].value
    assert three.values["youngs_modulus"].value == pytest.approx(9 * k * g / (3 * k + g))
    assert three.values["pugh_ratio"].value == pytest.approx(k / g)
    assert -1 < three.values["poisson_ratio"].value < 0.5
    assert all(math.isfinite(v.value) and v.spread >= 0 for v in three.values.values())


@shipped
def test_predict_writes_a_row_for_each_crystal_and_properties_lists_them(
    tmp_path: Path, crystal_named: Callable[[str], Crystal]
) -> None:
    cifs = tmp_path / "cifs"
    cifs.mkdir()
    for name in ("NaCl", "Li2O"):
        crystal_of(orbits_of(crystal_named(name))).structure.to(str(cifs / f"{name}.cif"))
    (cifs / "broken.cif").write_text("data_\nnothing\n")
    out = tmp_path / "predictions.csv"
    done = CliRunner().invoke(app, ["predict", str(cifs), "-o", str(out)])
    assert done.exit_code == 0, done.output
    with out.open(newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert set(rows) == {"NaCl", "Li2O", "broken"}
    assert rows["broken"]["reason"]
    assert float(rows["Li2O"]["bulk_modulus_GPa"]) > 0
    assert rows["NaCl"]["li_barrier_eV"] == ""
    shown = CliRunner().invoke(app, ["properties"])
    assert "shear_modulus" in shown.output
    listed = CliRunner().invoke(app, ["properties", "--json"])
    assert [row["name"] for row in json.loads(listed.output)] == [p.name for p in SHIPPED]
