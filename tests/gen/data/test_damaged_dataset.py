"""A data set of a stranger is read, or refused in one line."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from electrolith.gen.data.dataset import OrbitDataset, reference_set


def test_a_damaged_data_set_is_read_or_refused_in_one_line(tmp_path: Path) -> None:
    path, rng = tmp_path / "set.npz", random.Random(0)
    reference_set().take(np.arange(20)).save(path)
    whole = path.read_bytes()
    assert len(OrbitDataset.load(path)) == 20
    refused = 0
    for _ in range(60):
        changed = bytearray(whole[: rng.randrange(len(whole))] if rng.random() < 0.3 else whole)
        for _ in range(rng.randrange(1, 5)):
            if changed:
                changed[rng.randrange(len(changed))] = rng.randrange(256)
        path.write_bytes(changed)
        try:
            OrbitDataset.load(path)
        except ValueError as error:
            refused += 1
            assert "\n" not in str(error)  # noqa: PT017  some of the files are read
    assert refused > 30


def test_arrays_of_another_kind_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "set.npz"
    for arrays in ({}, {"positions": np.array([{}], dtype=object)}, {"positions": np.array([10**9])}):
        np.savez(path, **arrays)
        with pytest.raises(ValueError, match="not a readable set of orbits"):
            OrbitDataset.load(path)
    monkeypatch.setattr("electrolith.gen.data.dataset.LARGEST", 1e6)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("positions.npy", bytes(1_100_000))
    with pytest.raises(ValueError, match="unpacks to more than"):
        OrbitDataset.load(path)
