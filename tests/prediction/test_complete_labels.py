"""Labels for training: gaps are filled with predictions, which are marked and never used as labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from electrolith import predict
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import SPLITS, OrbitDataset, reference_set
from electrolith.gen.properties import SHIPPED
from electrolith.gen.surrogate.structure_surrogate import FILES
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.gen.training.training_data import without_predictions
from electrolith.gen.weight_folders import FOLDER
from electrolith.prediction.complete_labels import COMPLETED, complete_labels
from electrolith.prediction.make_training_set import generated_crystals

needs_weights = pytest.mark.skipif(not list(FOLDER.rglob(FILES)), reason="the package holds no crystal surrogate yet")


@pytest.fixture(scope="module")
def some() -> OrbitDataset:
    """Small crystals, some with moduli and barriers and some without."""
    data = reference_set()
    small = np.flatnonzero(data.n_atoms <= 6)
    known = np.isfinite(data.property("bulk_modulus"))[small], np.isfinite(data.property("li_barrier"))[small]
    return data.take(np.concatenate([small[known[0]][:6], small[known[1]][:6], small[~known[0] & ~known[1]][:12]]))


@needs_weights
def test_gaps_are_filled_with_predictions_that_are_marked_and_labels_stay(some: OrbitDataset) -> None:
    full = complete_labels(some)
    labelled = np.isfinite(some.properties)
    assert np.array_equal(full.properties[labelled], some.properties[labelled])
    assert not full.predicted[labelled].any()
    assert full.predicted.sum() == (np.isfinite(full.properties) & ~labelled).sum() > 0
    assert {SHIPPED.names[k] for k in np.flatnonzero(full.predicted.any(0))} <= set(COMPLETED)
    column = SHIPPED.column("bulk_modulus")
    row = int(np.flatnonzero(full.predicted[:, column])[0])
    (answer,) = predict([crystal_of(some[row], primitive=True)])
    assert full.properties[row, column] == pytest.approx(answer.values["bulk_modulus"].value, rel=1e-4)


@needs_weights
def test_predictions_teach_no_surrogate(some: OrbitDataset) -> None:
    back = without_predictions(complete_labels(some))
    np.testing.assert_array_equal(back.properties, some.properties)


def test_the_marks_are_saved_and_parts_join_to_the_whole(some: OrbitDataset, tmp_path: Path) -> None:
    marked = replace(some, predicted=np.random.default_rng(0).random(some.predicted.shape) < 0.3)
    marked.save(tmp_path / "marked.npz")
    assert np.array_equal(OrbitDataset.load(tmp_path / "marked.npz").predicted, marked.predicted)
    whole = OrbitDataset.joined([some.take(np.arange(5)), some.take(np.arange(5, len(some)))])
    for f in fields(OrbitDataset):
        np.testing.assert_array_equal(getattr(whole, f.name), getattr(some, f.name))


@needs_weights
def test_own_crystals_get_their_barriers_computed(crystal_named: Callable[[str], Crystal], tmp_path: Path) -> None:
    for formula in ("Li2O", "NaCl"):
        crystal_named(formula).structure.to(str(tmp_path / f"{formula}.cif"))
    made = generated_crystals(tmp_path)
    assert len(made) == 1  # that without lithium has none
    assert (made.split == SPLITS.index("train")).all()
    column = SHIPPED.column("li_barrier")
    assert 0.2 < made.properties[0, column] < 0.4  # eV; the coarse grid is good for a few hundredths
    assert not made.predicted[0, column]
    assert made.predicted[0, SHIPPED.column("energy_above_hull")]
