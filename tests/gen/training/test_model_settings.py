"""Settings of a training are typed, whole and read strictly; the shipped files and old ones load."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from paths import ROOT

from electrolith.gen.errors import UserError
from electrolith.gen.training.model_settings import SETTINGS, load_settings
from electrolith.gen.training.surrogate_settings import OrbitSurrogateSettings
from electrolith.gen.typed_records import meta_of, write_record

SHIPPED = sorted((ROOT / "configs").glob("train-*.yaml"))
OLD = """
model: surrogate
steps: 14500
warmup: 500
decay: 9000
learning_rate: 1.5e-3
weight_decay: 0.02
gradient_clip: 1.0
ema: 0.999
batch: 1200
validate_every: 400
size: {width: 96, layers: 2, heads: 4, members: 2}
"""  # the first form: without the constants that had no setting


def config(tmp_path: Path, changes: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(OLD) | yaml.safe_load(changes)))
    return path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_settings_are_whole(path: Path) -> None:
    loaded = load_settings(path)
    assert loaded.warmup + loaded.decay < loaded.steps
    optional = {"start", "data", "dropout", "precision", "large"}  # empty, zero or off
    assert {one.name for one in fields(loaded)} - optional <= set(yaml.safe_load(path.read_text()))


def test_an_old_file_has_the_weights_that_were_once_in_the_code(tmp_path: Path) -> None:
    loaded = load_settings(config(tmp_path, "seed: 3"))
    assert isinstance(loaded, OrbitSurrogateSettings)
    names = ["energy_above_hull", "formation_energy_per_atom", "band_gap", "density", "shear_modulus"]
    assert loaded.weights(names) == [0.5, 2.0, 0.5, 0.2, 0.2]
    assert loaded.betas == (0.9, 0.98)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("learning_rat: 1.0e-3", "'learning_rat' is not a setting. Did you mean learning_rate?"),
        ("learning_rate: fast", "learning_rate = 'fast': write a number."),
        ("steps: 0", "steps = 0: it must be at least 1."),
        ("size: {width: wide, layers: 2, heads: 4, members: 2}", "size: width = 'wide': write a whole number."),
        ("size: {widht: 96}", "size: 'widht' is not a setting. Did you mean width?"),
        ("model: surogate", "model = 'surogate': write one of crystal-surrogate, geometry, skeleton, surrogate."),
        ("precision: bf16", "precision = 'bf16': write 32-true or bf16-mixed."),
        ("property_weights: {bandgap: 1}", "property_weights: 'bandgap' is not a property. Did you mean band_gap?"),
        ("property_weights: {band_gap: -1}", "property_weights = -1: it must be at least 0."),
    ],
)
def test_misspelt_names_and_values_of_another_type_are_refused(change: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        load_settings(config(tmp_path, change))
    assert message in str(refused.value)


def test_numbers_that_yaml_reads_as_text_are_numbers(tmp_path: Path) -> None:
    assert load_settings(config(tmp_path, "learning_rate: 1e-3")).learning_rate == 1e-3


def test_a_missing_file_and_a_file_without_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        load_settings(tmp_path / "none.yaml")
    (tmp_path / "list.yaml").write_text("[1, 2]")
    with pytest.raises(UserError, match="no settings"):
        load_settings(tmp_path / "list.yaml")


@pytest.mark.parametrize("model", SETTINGS)
def test_every_setting_has_a_description(model: str) -> None:
    silent = [one.name for one in fields(SETTINGS[model]) if not meta_of(one).doc and one.name != "model"]
    assert silent == []


def test_the_resolved_settings_are_plain_yaml(tmp_path: Path) -> None:
    loaded = load_settings(config(tmp_path, "seed: 3"))
    (tmp_path / "again.yaml").write_text(yaml.safe_dump(write_record(loaded)))
    assert load_settings(tmp_path / "again.yaml") == loaded
