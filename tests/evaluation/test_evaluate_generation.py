"""Laws of the metrics of generated crystals, on sets of known crystals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.io import write
from folders import write_cifs

from electrolith.evaluation import evaluate
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.build_dataset import build
from electrolith.gen.errors import UserError
from electrolith.validators.structure import symmetry
from electrolith.validators.structure.symmetry import found_space_group

Named = Callable[[str], Crystal]
CLASH = Crystal.of(np.eye(3) * 5, [[0, 0, 0], [0.05, 0, 0]], [11, 17], "clash")


@pytest.fixture
def reference(tmp_path: Path, crystal_named: Named) -> Path:
    """A reference set of rock salt and quartz."""
    build([crystal_named("NaCl"), crystal_named("quartz")]).dataset.save(tmp_path / "known.npz")
    return tmp_path / "known.npz"


def test_shares_count_the_crystals_of_their_names(tmp_path: Path, reference: Path, crystal_named: Named) -> None:
    salt = crystal_named("NaCl")
    swollen = Crystal.of(salt.lattice * 1.02, salt.frac_coords, salt.atomic_numbers)
    folder = write_cifs(tmp_path / "generated", a=salt, b=swollen, c=crystal_named("TiO2"), d=CLASH)
    evaluation = evaluate(folder, reference)
    assert evaluation["avg_structure_validity"].value == 0.75  # the clash
    assert evaluation["frac_unique_structures"].value == 0.75  # b is a, a little larger
    assert evaluation["frac_novel_structures"].value == 0.5  # a and b are known
    assert evaluation["frac_novel_unique_structures"].value == 0.5
    assert evaluation["frac_p1"].value == 0.0
    assert evaluation["avg_comp_validity"].value == 1.0
    assert evaluation.distributions["space groups"]["225"] == 2


def test_a_custom_reference_may_be_a_folder(tmp_path: Path, crystal_named: Named) -> None:
    known = write_cifs(tmp_path / "known", a=crystal_named("TiO2"))
    generated = write_cifs(tmp_path / "generated", a=crystal_named("TiO2"), b=crystal_named("AlN"))
    evaluation = evaluate(generated, known)
    assert evaluation["frac_novel_structures"].value == 0.5
    assert "known, 1 crystals" in evaluation.reference


def test_the_requested_space_group_is_taken_from_the_table_of_the_run(
    tmp_path: Path, reference: Path, crystal_named: Named
) -> None:
    write_cifs(tmp_path / "run", x=crystal_named("NaCl"))
    folder = write_cifs(tmp_path / "run" / "cifs", a=crystal_named("TiO2"), b=crystal_named("AlN"))
    (tmp_path / "run" / "x.cif").unlink()
    (tmp_path / "run" / "crystals.csv").write_text("id,space_group_asked\na,136\nb,194\n")
    for path in (tmp_path / "run", folder):
        assert evaluate(path, reference)["frac_space_group_as_asked"].value == 0.5


def test_entries_that_are_not_crystals_are_counted_and_named(
    tmp_path: Path, reference: Path, crystal_named: Named
) -> None:
    folder = write_cifs(tmp_path / "generated", a=crystal_named("TiO2"))
    (folder / "bad.cif").write_text("nothing")
    evaluation = evaluate(folder, reference)
    assert evaluation["frac_readable"].value == 0.5
    assert evaluation["avg_structure_validity"].n == 1
    assert list(evaluation.unreadable) == ["bad"]


def test_entries_of_one_name_are_counted_one_by_one(tmp_path: Path, reference: Path, crystal_named: Named) -> None:
    folder = write_cifs(tmp_path / "generated", a=crystal_named("TiO2"))
    text = (folder / "a.cif").read_text().replace('"', '""')
    table = "id,cif\n" + f'x,"{text}"\n' + "x,nothing\n" * 5
    (tmp_path / "crystals.csv").write_text(table)
    evaluation = evaluate(tmp_path / "crystals.csv", reference)
    assert evaluation["frac_readable"].value == pytest.approx(1 / 6)
    assert len(evaluation.unreadable) == 5


def test_a_crystal_without_a_known_space_group_is_not_p1(
    tmp_path: Path, reference: Path, crystal_named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(crystal: Crystal, symprec: float) -> int | None:
        return None if len(crystal) == 2 else found_space_group(crystal, symprec)

    monkeypatch.setattr(symmetry, "found_space_group", found)  # as if spglib gave up
    rutile = crystal_named("TiO2")
    whole = Atoms(rutile.atomic_numbers, cell=rutile.lattice, scaled_positions=rutile.frac_coords, pbc=True)
    two = Atoms("NaCl", [[0, 0, 0], [2, 2, 2]], cell=np.eye(3) * 4, pbc=True)
    write(tmp_path / "generated.extxyz", [whole, two])
    evaluation = evaluate(tmp_path / "generated.extxyz", reference)
    assert evaluation.distributions["space groups"] == {"136": 1, "unknown": 1}
    assert (evaluation["frac_p1"].value, evaluation["frac_p1"].n) == (0, 1)
    assert "unknown for 1 more" in evaluation["frac_p1"].meaning


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_a_usage_error(tmp_path: Path, crystal_named: Named, limit: int) -> None:
    with pytest.raises(UserError, match="at least 1"):
        evaluate(write_cifs(tmp_path, a=crystal_named("TiO2")), limit=limit)


def test_json_and_table_hold_every_measure_its_interval_and_the_reference(
    tmp_path: Path, reference: Path, crystal_named: Named
) -> None:
    evaluation = evaluate(write_cifs(tmp_path / "generated", a=crystal_named("TiO2")), reference)
    evaluation.save(tmp_path / "out.json")
    saved = json.loads((tmp_path / "out.json").read_text())
    assert set(saved["metrics"]) == {m.key for m in evaluation.measures}
    assert {"value", "low", "high", "n", "unit", "meaning"} <= set(saved["metrics"]["avg_structure_validity"])
    assert saved["reference"] == "known.npz, 2 crystals"
    assert saved["tolerances"]["matcher_stol"] == 0.3
    assert evaluation.table().row_count == len(evaluation.measures)


def test_nothing_to_evaluate_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "bad.cif").write_text("nothing")
    with pytest.raises(UserError, match="no readable crystal"):
        evaluate(tmp_path)
