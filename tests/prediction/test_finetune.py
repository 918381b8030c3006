"""A custom property is learned from a table, requested and predicted; nothing else changes."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from typer.testing import CliRunner

from electrolith import GeneratedCrystal, Generator, Targets, predict
from electrolith.cli.app import app
from electrolith.gen.custom_properties import properties_in, properties_of_weights, write_custom
from electrolith.gen.data.dataset import SPLITS, OrbitDataset, reference_set
from electrolith.gen.errors import UserError
from electrolith.gen.properties import SHIPPED
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.surrogate.orbit_inputs import OrbitInputs
from electrolith.gen.surrogate.orbit_surrogate import WEIGHTS, default_orbit_surrogate, orbit_surrogate_in
from electrolith.gen.surrogate.structure_surrogate import StructureSurrogate, default_structure_surrogate
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.gen.training.finetune import finetune
from electrolith.gen.training.finetune_checkpoint import LEFT_OUT, WORK
from electrolith.gen.training.finetune_skeleton import with_new_columns
from electrolith.gen.training.property_scale import PropertyRequest, scaled_property
from electrolith.gen.training.ridge import RidgeSettings, fit, folds, validate
from electrolith.gen.training.training_card import CARD
from electrolith.gen.weight_files import load_weights, save_weights
from electrolith.gen.weight_folders import HASHES, MODELS, sha256
from electrolith.gen.weight_header import column_names
from electrolith.io.cif_writer import cif_text
from electrolith.prediction.finetune_folder import (
    FinetuneResult,
    FinetuneSettings,
    finetune_to_folder,
)
from electrolith.prediction.finetune_requests import property_requests

pytestmark = pytest.mark.skipif(not WEIGHTS.exists(), reason="no weights lie in the package")
ROWS, NAME = 60, "heaviness"


@pytest.fixture(scope="module")
def small() -> OrbitDataset:
    data = reference_set()
    usable = np.flatnonzero((data.n_atoms <= 8) & (data.split == SPLITS.index("test")))
    return data.take(np.random.default_rng(0).choice(usable, ROWS, replace=False))


@pytest.fixture(scope="module")
def table(small: OrbitDataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Table of mass per volume in a custom unit, a gap, an unreadable row, and a column of text."""
    path = tmp_path_factory.mktemp("table") / "mine.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cif", NAME, "words", "few", "constant"])
        for k, orbits in enumerate(small):
            value = 0.1 * crystal_of(orbits).density
            few = "1.5" if k < 10 else ""
            writer.writerow([cif_text(orbits, f"row-{k}", []), "" if k == 3 else f"{value:.5g}", "heavy", few, "2"])
        writer.writerow(["no crystal", "0.5", "", "", "2"])
    return path


@pytest.fixture(scope="module")
def settings(table: Path) -> FinetuneSettings:
    return FinetuneSettings(str(table), property_requests([NAME], ["10 g/cm³"]), steps=2, reference=150)


class Stopped(Exception):
    """Raised where a run is killed."""


@pytest.fixture(scope="module")
def drawn_before(small: OrbitDataset) -> tuple[list[GeneratedCrystal], np.ndarray]:
    """Crystals of fixed seeds and predictions of the shipped weights, made before anything else is loaded."""
    made = Generator.from_pretrained(device="cpu").generate(2, Targets(bulk_modulus=(50, 150)), seed=5)
    return made, default_structure_surrogate().predict(list(small)).values


@pytest.fixture(scope="module")
def tuned(
    settings: FinetuneSettings, drawn_before: object, tmp_path_factory: pytest.TempPathFactory
) -> tuple[FinetuneResult, list[str]]:
    """A checkpoint of a run that was killed half-way and resumed; and the steps of its second part."""
    out = tmp_path_factory.mktemp("tuned") / "checkpoint"

    def stop(step: str, done: int, total: int) -> None:
        if step == "training":
            raise Stopped

    with pytest.raises(Stopped):
        finetune_to_folder(settings, out, watch=stop)
    assert yaml.safe_load((out / CARD).read_text())["status"] == "running"
    with pytest.raises(UserError, match="no checkpoint"):
        Generator.from_pretrained(out)
    with pytest.raises(UserError, match="differ: steps: 2, now 3"):
        finetune_to_folder(replace(settings, steps=3), out, resume=True)
    steps: list[str] = []
    found = finetune_to_folder(settings, out, resume=True, watch=lambda step, *_: steps.append(step))
    return found, list(dict.fromkeys(steps))


def test_a_killed_run_goes_on_where_it_was_and_cleans_up(
    tuned: tuple[FinetuneResult, list[str]], settings: FinetuneSettings
) -> None:
    found, steps = tuned
    assert steps == ["reading", "training"]  # what known crystals are predicted to have was kept
    assert not (found.folder / WORK).exists()
    card = yaml.safe_load((found.folder / CARD).read_text())
    assert card["status"] == "complete"
    hashes = dict(reversed(line.split()) for line in (found.folder / HASHES).read_text().splitlines())
    assert hashes == {file.name: sha256(file) for file in found.folder.glob("*.safetensors")}
    assert finetune_to_folder(settings, found.folder, resume=True).known == found.known  # complete: nothing to do
    assert hashes[MODELS[1]] == sha256(WEIGHTS.with_name(MODELS[1]))


def test_rows_are_used_or_counted_or_listed_with_their_reason(tuned: tuple[FinetuneResult, list[str]]) -> None:
    found, _ = tuned
    assert (found.used, found.empty, len(found.left_out)) == (ROWS - 1, 1, 1)
    with (found.folder / LEFT_OUT).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["name"], bool(row["reason"])) for row in rows] == [(str(ROWS + 1), True)]
    assert found.known[NAME].error is not None
    assert found.known[NAME].error < found.guess[NAME]
    assert found.custom[0].log == (found.custom[0].high / found.custom[0].low > 100)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays are equal up to the last bits of float32, which depend on the place in memory."""
    return np.allclose(one, other, rtol=1e-5, atol=1e-5)


def test_all_that_was_predicted_before_is_predicted_as_before(
    tuned: tuple[FinetuneResult, list[str]],
    small: OrbitDataset,
    drawn_before: tuple[list[GeneratedCrystal], np.ndarray],
) -> None:
    mine, shipped = StructureSurrogate.load(tuned[0].folder), StructureSurrogate.load()
    ours, theirs = mine.predict(list(small)), shipped.predict(list(small))
    p = len(SHIPPED)
    assert same(ours.values[:, :p], theirs.values[:, :p])
    assert same(ours.spreads[:, :p], theirs.spreads[:, :p])
    assert same(theirs.values[:, :p], drawn_before[1])
    assert np.isnan(theirs.of(NAME)[0]).all()  # unknown without the fine-tuned checkpoint
    assert np.isfinite(ours.of(NAME)[0]).all()
    inputs = OrbitInputs.of_skeletons((o.space_group, o.positions, o.elements) for o in small)
    by_orbits, before = orbit_surrogate_in(tuned[0].folder).predict(inputs), default_orbit_surrogate().predict(inputs)
    assert same(by_orbits.values[:, :p], before.values[:, :p])
    truth = np.array([0.1 * crystal_of(o).density for o in small])
    assert np.corrcoef(by_orbits.of(NAME)[0], truth)[0, 1] > 0.6


def test_weights_of_shipped_properties_are_the_same_to_the_last_bit(
    tuned: tuple[FinetuneResult, list[str]],
) -> None:
    for name in ("surrogate.safetensors", "crystal-surrogate.safetensors"):
        mine, shipped = (load_weights(folder / name)[0] for folder in (tuned[0].folder, WEIGHTS.parent))
        assert all(torch.equal(mine[key], value) for key, value in shipped.items())


def test_the_shipped_models_make_the_same_crystals_as_before(
    tuned: tuple[FinetuneResult, list[str]], drawn_before: tuple[list[GeneratedCrystal], np.ndarray]
) -> None:
    Generator.from_pretrained(tuned[0].folder, device="cpu")
    made = Generator.from_pretrained(device="cpu").generate(2, Targets(bulk_modulus=(50, 150)), seed=5)
    for one, other in zip(made, drawn_before[0], strict=True):
        assert one.orbits.label == other.orbits.label
        assert np.allclose(one.orbits.lattice, other.orbits.lattice, atol=1e-4)


def test_the_property_can_be_requested_in_python(tuned: tuple[FinetuneResult, list[str]]) -> None:
    generator = Generator.from_pretrained(tuned[0].folder, device="cpu")
    made = generator.generate(1, generator.targets(heaviness=(0.4, 0.8)), seed=1)
    assert 0.4 <= made[0].asked[NAME] <= 0.8
    assert made[0].predicted[NAME].value > 0
    targets = Targets(heaviness=(0.4, 0.8), properties=generator.property_set)
    assert targets == generator.targets(heaviness=(0.4, 0.8))
    with pytest.raises(UserError, match="'heaviness' is not a target"):
        Targets(heaviness=(0.4, 0.8))
    with pytest.raises(UserError, match=r"unknown property 'heaviness'.*not trained on it"):
        Generator.from_pretrained(device="cpu").generate(1, targets)
    assert NAME not in predict([made[0].crystal])[0].values
    assert NAME in predict([made[0].crystal], tuned[0].folder)[0].values


def test_the_property_goes_through_all_commands(tuned: tuple[FinetuneResult, list[str]], tmp_path: Path) -> None:
    folder, run = str(tuned[0].folder), tmp_path / "run"
    target = ["--target", f"{NAME}=0.3..0.9", "--workers", "1", "--checkpoint", folder]
    done = CliRunner().invoke(app, ["generate", "--keep", "1", "--max-candidates", "20", "-o", str(run), *target])
    assert done.exit_code == 0, done.output
    with (run / "crystals.csv").open(newline="") as file:
        row = next(csv.DictReader(file))
    assert row[f"{NAME}_interval"] == "0.3..0.9"
    assert 0.3 <= float(row[f"{NAME}_asked"]) <= 0.9
    assert 0.3 <= float(row[f"{NAME}_predicted"]) <= 0.9
    assert float(row[f"{NAME}_spread"]) > 0
    record = yaml.safe_load((run / "run.yaml").read_text())
    assert [p["name"] for p in record["properties"]] == [NAME]
    assert record["weights"]["crystal-surrogate.safetensors"] == sha256(Path(folder) / "crystal-surrogate.safetensors")
    again = CliRunner().invoke(app, ["generate", "-o", str(run), "--resume"])
    assert again.exit_code == 0, again.output
    judged = CliRunner().invoke(app, ["evaluate", str(run), "--targets"])
    assert judged.exit_code == 2, judged.output
    assert "no oracle computes it" in " ".join(judged.output.split())
    table = tmp_path / "predictions.csv"
    said = CliRunner().invoke(app, ["predict", str(run), "--checkpoint", folder, "-o", str(table)])
    assert said.exit_code == 0, said.output
    with table.open(newline="") as file:
        assert float(next(csv.DictReader(file))[f"{NAME}_10_g_per_cm3"]) > 0
    misspelt = ["generate", "-n", "1", "-o", str(tmp_path / "x"), "--checkpoint", folder, "--target", "heavines>=0.3"]
    refused = CliRunner().invoke(app, misspelt)
    assert refused.exit_code == 2
    assert "Did you mean heaviness" in refused.output
    listed = CliRunner().invoke(app, ["properties", "--checkpoint", folder, "--json"])
    assert json.loads(listed.output)[-1]["name"] == NAME
    shipped = CliRunner().invoke(app, ["properties", "--json"])
    assert [entry["name"] for entry in json.loads(shipped.output)] == [p.name for p in SHIPPED]


def test_a_checkpoint_learns_another_property_and_keeps_the_earlier_ones(
    tuned: tuple[FinetuneResult, list[str]], settings: FinetuneSettings, small: OrbitDataset, tmp_path: Path
) -> None:
    table = tmp_path / "more.csv"
    table.write_text(Path(settings.data).read_text().replace(NAME, "lightness", 1))
    properties = tmp_path / "properties.yaml"
    properties.write_text("- {name: lightness, unit: x, log: false, centre: 0.5, width: 0.3}\n")
    more = replace(
        settings,
        data=str(table),
        properties=property_requests([], file=properties),
        checkpoint=str(tuned[0].folder),
        steps=0,
    )
    found = finetune(more, tmp_path / "more")
    assert (found.custom[0].centre, found.custom[0].width, found.custom[0].unit) == (0.5, 0.3, "x")
    assert properties_in(found.folder).names == (*SHIPPED.names, NAME, "lightness")
    one, two = (StructureSurrogate.load(f.folder).predict(list(small)) for f in (tuned[0], found))
    assert same(one.of(NAME)[0], two.of(NAME)[0])
    assert np.isfinite(two.of("lightness")[0]).all()
    with pytest.raises(UserError, match="weights to start from"):
        finetune_to_folder(more, tuned[0].folder, overwrite=True)
    with pytest.raises(UserError, match="at least 20 rows"):  # and nothing is deleted
        finetune_to_folder(replace(settings, properties=property_requests(["few"])), found.folder, overwrite=True)
    assert StructureSurrogate.load(found.folder).properties[-1].name == "lightness"
    with pytest.raises(UserError, match="knows heaviness already"):
        finetune(replace(settings, checkpoint=str(tuned[0].folder)), tmp_path / "again")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--property", "heavines"], "Did you mean heaviness"),
        (["--property", "words"], "row 1 ('heavy'), 2 ('heavy')"),
        (["--property", "few"], "10 usable rows"),
        (["--property", "constant"], "nothing to learn"),
        (["--property", "bulk_modulus"], "my_bulk_modulus"),
        (["--property", "elements"], "another target"),
        (["--property", "pugh_ratio"], "another target"),
        (["--property", "my property"], "letters, digits and _"),
        ([], "--property NAME"),
        (["--property", NAME, "--unit", "a", "--unit", "b"], "2 units for 1"),
        (["--property", NAME, "--checkpoint", "defualt"], "no checkpoint"),
        (["--property", NAME, "--data", "nowhere.csv"], "does not exist"),
    ],
)
def test_mistakes_end_with_code_2_and_leave_nothing_behind(
    options: list[str], says: str, table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["finetune", "--data", str(table), "-o", str(out), *options])
    assert done.exit_code == 2, done.output
    assert says in done.output
    assert not out.exists()


def test_a_table_without_cifs_and_a_folder_in_use_are_refused(table: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(f"formula,{NAME}\nNaCl,1\n")
    done = CliRunner().invoke(app, ["finetune", "--data", str(other), "--property", NAME, "-o", str(tmp_path / "x")])
    assert done.exit_code == 2
    assert "no column `cif`" in done.output
    done = CliRunner().invoke(app, ["finetune", "--data", str(table), "--property", NAME, "-o", str(tmp_path)])
    assert done.exit_code == 2
    assert "not empty" in done.output


def test_an_unknown_target_without_its_checkpoint_names_the_option(tmp_path: Path) -> None:
    options = ["generate", "-n", "1", "-o", str(tmp_path / "x"), "--target", "never_learnt>=3"]
    done = CliRunner().invoke(app, options)
    assert done.exit_code == 2
    assert "needs its checkpoint" in done.output


def test_a_wider_layer_gives_the_same_before_training() -> None:
    state, size = load_weights(WEIGHTS.with_name(MODELS[0]))
    weight = state["target.weight"]
    p = weight.shape[1] // 2
    before, after = (SkeletonNetwork(SkeletonSize(**size), columns=tuple(range(n))) for n in (p, p + 2))
    after.load_state_dict(state | {"target.weight": with_new_columns(weight, 2)})
    before.load_state_dict(state)
    asked = torch.cat([torch.randn(3, p), torch.ones(3, p)], 1)
    wider = torch.cat([asked[:, :p], torch.randn(3, 2), asked[:, p:], torch.ones(3, 2)], 1)
    assert torch.allclose(before.target(asked), after.target(wider), atol=1e-6)


def test_readouts_find_a_linear_function_and_folds_divide_the_groups() -> None:
    rng = np.random.default_rng(0)
    x, groups = rng.standard_normal((200, 12)), np.arange(200) // 2
    y = x @ rng.standard_normal(12) / 4 + 0.3
    checked = validate(x, y, groups, 0, RidgeSettings())
    assert np.abs(checked.answers.mean(0) - y).mean() < 0.05
    assert np.abs(fit(x, y, checked.strength, rng, groups)(x).mean(0) - y).mean() < 0.05
    outside = np.zeros(200)
    for inside, out in folds(groups, 0, 5):
        assert not set(groups[inside]) & set(groups[out])
        outside += out
    assert (outside == 1).all()


@pytest.mark.parametrize(
    ("values", "log"),
    [(np.linspace(1, 50, 30), False), (np.geomspace(1, 500, 30), True), (np.linspace(-1, 500, 30), False)],
)  # fmt: skip
def test_values_over_two_decades_are_seen_by_their_logarithm_and_come_back(values: np.ndarray, log: bool) -> None:
    found = scaled_property(PropertyRequest("x"), values, np.arange(30))
    assert found.log == log
    seen = found.normalise(values)
    assert abs(seen.mean()) < 1e-3
    assert seen.std() == pytest.approx(1, abs=1e-3)
    assert np.allclose(found.restore(seen), values)
    if not log:
        assert scaled_property(PropertyRequest("x", log=False, width=2.0), values, np.arange(30)).width == 2.0


def test_two_checkpoints_with_different_meanings_of_one_name_live_in_one_process(
    tuned: tuple[FinetuneResult, list[str]], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(tuned[0].folder, other)
    mine = tuned[0].custom[0]
    write_custom(other, [replace(mine, unit="kg/m³", centre=10 * mine.centre, width=10 * mine.width, low=0, high=9)])
    one, two = (Generator.from_pretrained(folder, device="cpu") for folder in (tuned[0].folder, other))
    assert one.properties == two.properties
    assert (one.property_set.named(NAME).unit, two.property_set.named(NAME).unit) == ("10 g/cm³", "kg/m³")
    crystals = [crystal_of(o) for o in reference_set().take(np.arange(3))]
    for checkpoint, factor in ((tuned[0].folder, 1.0), (other, 10.0), (tuned[0].folder, 1.0)):
        value = predict(crystals, checkpoint)[0].values[NAME].value
        assert value == pytest.approx(factor * predict(crystals, tuned[0].folder)[0].values[NAME].value, rel=1e-4)
    with pytest.raises(UserError, match="another unit, scale or range in this checkpoint"):
        one.generate(1, two.targets(heaviness=0.5))
    with pytest.raises(UserError, match="two properties are called heaviness"):
        one.property_set.extended(two.property_set)


def test_weight_files_name_their_columns_and_older_files_mean_the_first_ones(
    tuned: tuple[FinetuneResult, list[str]], tmp_path: Path
) -> None:
    names = (*SHIPPED.names, NAME)
    for file in ("skeleton.safetensors", "surrogate.safetensors", "crystal-surrogate.safetensors"):
        path = tuned[0].folder / file
        assert column_names(path) == names
        assert properties_of_weights(path, len(names)).names == names
        assert column_names(WEIGHTS.with_name(file)) in (None, SHIPPED.names)
        assert properties_of_weights(WEIGHTS.with_name(file), len(SHIPPED)) == SHIPPED
    shuffled = names[::-1]
    save_weights({"x": torch.zeros(1)}, tmp_path / "x.safetensors", {}, shuffled)
    with pytest.raises(UserError, match=r"the weights in x\.safetensors know others or more"):
        properties_of_weights(tmp_path / "x.safetensors", len(names))
    write_custom(tmp_path, tuned[0].custom)
    assert properties_of_weights(tmp_path / "x.safetensors", len(names)).names == shuffled
