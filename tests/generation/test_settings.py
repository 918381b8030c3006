"""Settings: written once, in the fields of their records; the same in YAML, Python, the command line and the docs."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from paths import ROOT
from run_files import settings

from electrolith import GenerationOptions, Generator, Targets
from electrolith.cli.generate_command import generate
from electrolith.gen.errors import UserError
from electrolith.gen.typed_records import meta_of
from electrolith.generation.earlier_settings import BEFORE
from electrolith.generation.options import setting_fields
from electrolith.generation.settings import Settings
from electrolith.generation.settings_loader import load_settings
from electrolith.generation.settings_table import settings_table, settings_yaml, with_settings_table

STIFF = {"bulk_modulus": ">=30", "band_gap": ">=1"}
FIELDS = {one.name: one for one in setting_fields()}
OTHER: dict[str, Any] = {  # a value that is not the default
    "n": 7, "keep": 7, "confidence": 0.25, "max_candidates": 90, "guidance": 1.5, "temperature": 0.8, "seed": 3,
    "steps": 20,
    "like": "known.cif", "redraw": "Li,Cl", "infill": "any",
    "max_attempts": 5, "compositions": "catholyte", "charge": False, "stable": False, "stability_limit": 0.2,
    "balance": False, "new": False, "fit": False, "relax": True, "batch_size": 2,
    "checkpoint": "mine", "shard": "2/3", "device": "cuda:1", "workers": 4,
}  # fmt: skip
OLD_FILE = """\
n: 100                # crystals to make
seed: 0
targets: {}
steps: auto
guidance: 2.0
max_attempts: 20
keep: 0
confidence: 0
max_candidates: auto
charge: true
fit: true
stable: true
new: true
relax: false
batch_size: auto
checkpoint: default
shard: 1/1
device: auto
workers: auto
"""  # configs/generate.yaml of version 0.1.0, without its other comments


def round_trip(one: Settings) -> Settings:
    return Settings.from_mapping(yaml.safe_load(yaml.safe_dump(one.as_mapping())))


def needed_by(name: str) -> dict[str, Any]:
    """Another setting, without which a setting is refused."""
    if name in ("confidence", "max_candidates"):
        return {"keep": 7}
    return {"like": "other.cif"} if name in ("redraw", "infill") else {}


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_is_read_back_as_it_was(name: str) -> None:
    values = {"n": 7, "targets": STIFF, name: OTHER[name]}
    values |= needed_by(name)
    one = Settings.from_mapping(values)
    assert one.as_mapping()[name] == OTHER[name]
    assert OTHER[name] != FIELDS[name].default
    assert round_trip(one) == one
    assert round_trip(one).as_mapping() == one.as_mapping()  # device and workers, too, which do not count in ==


@given(
    n=st.integers(1, 1000),
    seed=st.integers(0, 2**63 - 1),
    steps=st.none() | st.integers(1, 500),
    guidance=st.floats(0, 10),
    batch_size=st.integers(0, 100),
    new=st.booleans(),
)
def test_settings_are_read_back_as_they_were(**values: Any) -> None:
    one = Settings.from_mapping(values)
    assert round_trip(one) == one
    resolved = one.resolved("cpu", 2)
    assert round_trip(resolved) == resolved


def test_the_settings_file_of_the_package_is_the_one_that_the_fields_give() -> None:
    text = (ROOT / "configs/generate.yaml").read_text(encoding="utf-8")
    assert text == settings_yaml(), "write it again: python -m electrolith.generation.settings_table"
    values = yaml.safe_load(text)
    assert set(values) == {*FIELDS, "targets"}
    assert load_settings({}, ROOT / "configs/generate.yaml") == settings(values["n"])


def test_the_docs_have_the_table_of_settings_that_the_fields_give() -> None:
    page = (ROOT / "docs/generate.md").read_text(encoding="utf-8")
    assert settings_table() in page, "write it again: python -m electrolith.generation.settings_table docs/generate.md"
    assert with_settings_table(page) == page


def test_every_setting_has_documentation_and_a_row_in_the_table() -> None:
    table = settings_table()
    for name, field in FIELDS.items():
        assert meta_of(field).doc.endswith(".")
        assert meta_of(field).doc in table
        assert f"`{name}`" in table


def test_every_setting_is_an_option_of_the_command_and_only_a_given_one_counts() -> None:
    parameters = inspect.signature(generate).parameters
    for name in FIELDS:
        assert parameters[name].default is None


def test_every_option_is_a_keyword_of_the_generator(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[GenerationOptions] = []
    monkeypatch.setattr(Generator, "_stream", lambda self, settings, *_: used.append(settings.options) or iter(()))
    options = GenerationOptions()
    for name in GenerationOptions.__dataclass_fields__:
        overrides = {name: OTHER[name]} | needed_by(name)
        n = None if "keep" in overrides else 5
        generator.stream(n, Targets(**STIFF), **overrides)
        generator.stream(n, Targets(**STIFF), options.with_overrides(overrides))
        assert getattr(used[-2], name) == OTHER[name]
        assert used[-1] == used[-2]
    generator.stream(5, steps=None, batch_size=None, keep=None, max_candidates=None)  # None: the default
    assert used[-1] == options


def test_a_settings_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(OLD_FILE, encoding="utf-8")
    assert load_settings({}, tmp_path / "old.yaml") == settings(100)
    assert {*yaml.safe_load(OLD_FILE), *BEFORE, "compositions"} == set(settings(1).as_mapping())


def test_a_misspelt_keyword_is_met_with_a_suggestion(generator: Generator) -> None:
    with pytest.raises(UserError, match=r"'guidence' is not an? option. Did you mean guidance"):
        generator.generate(3, guidence=1.0)
    with pytest.raises(UserError, match="batch_size"):
        generator.stream(3, batchsize=1)


def test_a_misspelt_setting_is_met_with_a_suggestion(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("n: 5\nbatchsize: 3\n")
    with pytest.raises(UserError, match="Did you mean batch_size"):
        load_settings({}, tmp_path / "mine.yaml")
    (tmp_path / "mine.yaml").write_text("n: 5\ntargets: {spacegroup: 3}\n")
    with pytest.raises(UserError, match="Did you mean space_group"):
        load_settings({}, tmp_path / "mine.yaml")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"n": 0}, "n = 0: it must be at least 1"),
        ({"n": 5, "guidance": -1}, "guidance = -1: it must be at least 0"),
        ({"n": 5, "steps": "many"}, "steps = 'many': write a whole number"),
        ({"n": 5, "charge": "perhaps"}, "write true or false"),
        ({"n": 5, "targets": ["Li"]}, "one target per line"),
        ({"keep": 5}, "needs a property target"),
        ({"targets": STIFF}, "number of crystals is missing"),
    ],
)
def test_a_wrong_value_is_refused_with_a_correct_example(values: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=says):
        Settings.from_mapping(values)


def test_keep_sets_the_number_of_crystals_and_the_limit_of_candidates() -> None:
    automatic = load_settings({"keep": 7, "n": 100, "targets": STIFF}).resolved("cpu", 1)
    assert (automatic.run.n, automatic.options.max_candidates) == (7, 700)
    with pytest.raises(UserError, match="its own --seed"):
        settings(7, targets=STIFF, keep=7, shard="1/2")


def test_options_override_files_and_files_override_recipes(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("n: 5\ntargets: {dft_band_gap: '>=3', dft_shear_modulus: '>=9', max_atoms: 12}\n")
    one = load_settings({"n": 2, "targets": {"shear_modulus": ">=20"}}, file, None, "electrolyte")
    assert one.run.n == 2
    assert one.targets.as_mapping() == {
        "max_atoms": "12", "elements": "Li", "energy_above_hull": "<=0.05", "band_gap": ">=3.0",
        "shear_modulus": ">=20.0", "li_barrier": "<=0.5",
    }  # fmt: skip
    assert load_settings({"n": 2}, None, None, str(file)).targets == load_settings({"n": 2}, file).targets
    file.write_text("targets: {band_gap: null}\n")
    assert "band_gap" not in load_settings({"n": 2}, file, None, "electrolyte").targets.as_mapping()


def test_a_property_under_two_names_must_meet_both(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("n: 5\ntargets: {dft_bulk_modulus: '>=100', bulk_modulus: '<=200'}\n")
    assert load_settings({}, file).targets == Targets(bulk_modulus=(100, 200))
    file.write_text("n: 5\ntargets: {dft_bulk_modulus: '>=200', bulk_modulus: '<=100'}\n")
    with pytest.raises(UserError, match="contradicts bulk_modulus"):
        load_settings({}, file)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("n: 5\nsteps: many", "line 2: steps = 'many': write a whole number"),
        ("n: 5\nguidance: .inf", "line 2: guidance = inf: write a number"),
        ("n: 5\ntargets:\n  bulk_modulus: '>=nan'", "line 3: targets: bulk_modulus = '>=nan': write a number"),
        ("n: 5\ntargets:\n  bulk_modulus: .nan", "line 3: targets: bulk_modulus = 'nan': "),
        ("n: 5\ntargets:\n  bulk_modulus: {a: 1}", "line 3: targets: bulk_modulus = .*: write a number"),
        ("n: 5\ntargets:\n  formula: [1, 2]", "line 3: targets: .*not a formula"),
        ("n: 5\ntargets:\n  hardness: 3", "line 3: targets: 'hardness' is not a target"),
        ("n: 5\ntargets: [1]", r"line 2: targets = \[1\]: write one target per line"),
        ("n: 5\nsead: 3", "line 2: 'sead' is not a setting. Did you mean seed"),
        ("n: null", "line 1: n = None: write a whole number"),
        ("n: 5\nn: 6", "line 2: .*'n' is given twice"),
        ("- n: 5", "has no settings"),
    ],
)
def test_a_settings_file_of_the_wrong_shape_is_refused_with_its_line(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(text)
    with pytest.raises(UserError, match=says) as refused:
        load_settings({}, file)
    assert str(refused.value).startswith(str(file))
    assert "\n" not in str(refused.value)
