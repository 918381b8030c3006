"""Zeros of formation energies: the fit finds them, a stopped computation of energies continues."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.validators.thermodynamics import energy_journal, zeros_fit
from electrolith.validators.thermodynamics.corrections import mp2020_correction
from electrolith.validators.thermodynamics.formation_energy import (
    BY_COMPOSITION,
    CORRECTED,
    IN_ENERGIES,
    formation_energy,
    references,
)  # fmt: skip
from electrolith.validators.thermodynamics.zeros_file import shipped_zeros

Named = Callable[[str], Crystal]
ZEROS = {3: -1.9, 8: -4.9, 11: -1.3, 17: -1.8}  # eV/atom
COPPER = Crystal.of(3.61 * np.array([[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]), [[0, 0, 0]], [29])
EMT = "ase.calculators.emt:EMT"


def found(named: Named, corrected: bool) -> dict[str, list[tuple[Crystal, float]]]:
    """Compounds with the energies that ``ZEROS`` and their formation energies give on the scale of a potential."""
    rows = []
    for name, formation in (("Li2O", -2.0), ("NaCl", -2.1)) * 6:
        crystal = named(name).with_info({"formation_energy_per_atom": formation})
        energy = formation + float(np.mean([ZEROS[int(z)] for z in crystal.atomic_numbers]))
        rows.append((crystal, energy - (0.0 if corrected else mp2020_correction(crystal))))
    return {"train": rows, "val": rows, "test": rows, "ground": []}


@pytest.mark.parametrize("corrected", [True, False])
def test_the_fit_gives_the_stored_formation_energies_back(corrected: bool, crystal_named: Named) -> None:
    table = zeros_fit.table(found(crystal_named, corrected), corrected, "mine")
    assert table["test_mean_absolute_error"] < 0.01
    assert table[CORRECTED] == (IN_ENERGIES if corrected else BY_COMPOSITION)


def test_a_stopped_computation_of_energies_continues_after_the_last_whole_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swollen = [COPPER.in_cell(COPPER.lattice * s, COPPER.frac_coords, COPPER.atomic_numbers) for s in (1.0, 1.01, 1.02)]
    file = tmp_path / "energies.jsonl"
    first = energy_journal.energies_of(swollen, EMT, file)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:2]) + lines[2][:20])
    asked = []
    real = energy_journal.energy_per_atom
    monkeypatch.setattr(energy_journal, "energy_per_atom", lambda *a: asked.append(a) or real(*a))
    np.testing.assert_array_equal(energy_journal.energies_of(swollen, EMT, file), first)
    assert len(asked) == 1
    assert file.read_bytes() == b"".join(lines)


def test_a_crystal_that_the_potential_does_not_know_is_kept_without_an_energy(tmp_path: Path) -> None:
    strange = Crystal.of(np.eye(3) * 4, [[0, 0, 0]], [92])
    for _ in range(2):
        assert math.isnan(energy_journal.energies_of([strange], EMT, tmp_path / "e.jsonl")[0])
    assert len((tmp_path / "e.jsonl").read_text().splitlines()) == 1


def test_a_file_that_is_no_journal_of_energies_is_named(tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text("not JSON\n")
    with pytest.raises(UserError, match=r"e\.jsonl is damaged"):
        energy_journal.stored_energies(tmp_path / "e.jsonl", EMT)


def test_zeros_beside_the_module_of_a_calculator_put_its_energies_on_the_scale_of_the_hull(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crystal_named: Named
) -> None:
    (tmp_path / "zeroed.py").write_text("def make(): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    table = zeros_fit.table(found(crystal_named, corrected=False), corrected=False, potential="zeroed:make")
    (tmp_path / "zeroed.make.zeros.json").write_text(json.dumps(table))
    crystal, energy = found(crystal_named, corrected=False)["test"][0]
    assert formation_energy(crystal, energy, "zeroed:make") == pytest.approx(-2.0, abs=0.02)
    (tmp_path / "zeroed.other.zeros.json").write_text("{}")
    with pytest.raises(UserError, match=r"zeroed\.other\.zeros\.json is damaged"):
        references("zeroed:other")


@pytest.mark.parametrize("file", sorted(shipped_zeros("").parent.glob("*_elements.json")), ids=lambda file: file.stem)
def test_shipped_zeros_err_by_little_and_cover_the_elements(file: Path) -> None:
    fitted = json.loads(file.read_text())
    assert fitted["test_mean_absolute_error"] < 0.025
    assert len(fitted["energies"]) > 80
