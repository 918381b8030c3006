"""The scheme of energies: the hull and weights name it, weights of another scheme are reported."""

from __future__ import annotations

from pathlib import Path

import torch

from electrolith.gen.data.energy_scheme import learnt_scheme, mark_weights, scheme_warnings
from electrolith.gen.data.known_compounds import SCHEME, hull_entries
from electrolith.gen.weight_files import load_weights, save_weights
from electrolith.gen.weight_folders import DEFAULT_FOLDER
from electrolith.gen.weight_header import column_names, scheme_of_weights

SIZE = {"width": 2}


def weights(folder: Path, name: str = "crystal-surrogate.safetensors", energies: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    save_weights({"a": torch.ones(2, 2)}, folder / name, SIZE, ["band_gap"], energies)
    return folder / name


def test_the_hull_of_the_package_names_its_scheme() -> None:
    assert hull_entries().scheme == SCHEME


def test_weights_name_the_scheme_that_they_learnt_from(tmp_path: Path) -> None:
    assert scheme_of_weights(weights(tmp_path)) == ""
    assert scheme_of_weights(weights(tmp_path, energies="legacy")) == "legacy"
    assert learnt_scheme("") == SCHEME
    assert learnt_scheme("own.npz") == ""


def test_a_mark_changes_nothing_else_in_a_weight_file(tmp_path: Path) -> None:
    file = weights(tmp_path)
    before = load_weights(file)
    mark_weights(file)
    after = load_weights(file)
    assert scheme_of_weights(file) == SCHEME
    assert (before[1], column_names(file)) == (after[1], ("band_gap",))
    assert torch.equal(before[0]["a"], after[0]["a"])


def test_custom_weights_of_another_or_of_no_scheme_are_reported_with_both_schemes(tmp_path: Path) -> None:
    old, silent, new = (tmp_path / name for name in ("old", "silent", "new"))
    weights(old, energies="MP2020 and legacy")
    weights(silent)
    weights(new, energies=SCHEME)
    first, second = scheme_warnings([old, silent, new, old])
    assert "learnt energies of MP2020 and legacy" in first
    assert "do not say the scheme of their energies" in second
    assert all(SCHEME in one and "hull.npz" in one for one in (first, second))


def test_weights_of_the_package_and_models_that_generate_need_no_warning(tmp_path: Path) -> None:
    weights(tmp_path / "shape", "geometry.safetensors")
    weights(tmp_path / "shape", "skeleton.safetensors")
    assert scheme_warnings([DEFAULT_FOLDER, tmp_path / "shape"]) == []
