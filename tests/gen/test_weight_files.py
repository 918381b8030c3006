"""Laws of weight files: what was written is read, and every malformed file is refused in one line that names it."""

from __future__ import annotations

import json
import random
import shutil
import struct
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from safetensors.torch import save, save_file
from torch import Tensor, nn

from electrolith.gen.errors import UserError
from electrolith.gen.surrogate.model_card import load_card
from electrolith.gen.weight_files import load_model, load_weights, save_weights
from electrolith.gen.weight_folders import DEFAULT_FOLDER, HASHES, MODELS, folder_of, hashes, sha256
from electrolith.gen.weight_header import LARGEST_HEADER, column_names

SIZE = {"width": 3, "layers": 1}


class Line(nn.Module):
    """A small model."""

    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(layers))
        self.register_buffer("count", torch.tensor(4))


def build(_: Mapping[str, Tensor], size: Mapping[str, int]) -> Line:
    return Line(**size)


def written(folder: Path, size: str | None = None, **changes: Tensor) -> Path:
    path = folder / MODELS[0]
    metadata = {"size": json.dumps(SIZE) if size is None else size}
    save_file({**Line(**SIZE).state_dict(), **changes}, path, metadata=metadata if size != "" else {"a": "b"})
    return path


def refusal(path: Path) -> str:
    begin = time.monotonic()
    with pytest.raises(UserError) as refused:
        load_model(path, build)
    assert time.monotonic() - begin < 5
    text = str(refused.value)
    assert str(path) in text
    assert "\n" not in text
    return text


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    model, path = Line(**SIZE), tmp_path / "model.safetensors"
    save_weights(model, path, SIZE, ["a", "b"])
    again = load_model(path, build)
    assert all(torch.equal(value, again.state_dict()[name]) for name, value in model.state_dict().items())
    assert column_names(path) == ("a", "b")
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"layers.0.weight": torch.full((3, 3), torch.nan)}, "layers.0.weight holds numbers that are not finite"),
        ({"layers.0.bias": torch.tensor([1.0, torch.inf, 0.0])}, "not finite"),
        ({"layers.0.weight": torch.zeros(4, 3)}, "the shape is another one for layers.0.weight"),
        ({"layers.0.weight": torch.zeros(3, 3, dtype=torch.float64)}, "the type of number is another one for"),
        ({"layers.0.weight": torch.zeros(3, 3, dtype=torch.int8)}, "the type of number is another one for"),
        ({"other": torch.zeros(3)}, "it has besides other"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(tmp_path: Path, changes: dict[str, Tensor], says: str) -> None:
    assert says in refusal(written(tmp_path, **changes))


def test_missing_tensors_are_named(tmp_path: Path) -> None:
    path = tmp_path / MODELS[0]
    save_file({"count": torch.tensor(4)}, path, metadata={"size": json.dumps({"width": 1, "layers": 1})})
    assert "it lacks layers.0.weight, layers.0.bias" in refusal(path)


@pytest.mark.parametrize(
    ("size", "says"),
    [
        ("", "does not say the sizes"),
        ("{", "damaged"),
        ("[1]", "not whole numbers"),
        ('{"width": "3", "layers": 1}', "not whole numbers"),
        ('{"width": true, "layers": 1}', "not whole numbers"),
        ('{"width": -3, "layers": 1}', "not whole numbers"),
        ('{"width": 1000000000000, "layers": 1}', "not whole numbers"),
        ('{"width": 30000, "layers": 1}', "too small for a network"),
        ('{"width": 3, "layers": 100000}', "too small for a network"),
        ('{"height": 3, "layers": 1}', "another model"),
        ('{"width": 3}', "another model"),
        ("[" * 100_000, "damaged"),
        ("9" * 5000, "damaged"),
    ],
)
def test_sizes_of_another_kind_are_refused(tmp_path: Path, size: str, says: str) -> None:
    assert says in refusal(written(tmp_path, size))


def test_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    path = tmp_path / MODELS[0]
    huge_header = struct.pack("<Q", LARGEST_HEADER + 1) + b" " * 100
    for content in (b"", b"abc", b"PK\x03\x04" + bytes(100), bytes(16), b"\xff" * 200, huge_header):
        path.write_bytes(content)
        assert "damaged" in refusal(path)
    path.unlink()
    assert "there is no weight file" in refusal(path)
    path.mkdir()
    assert "there is no weight file" in refusal(path)


def test_every_truncated_or_changed_file_is_read_or_refused(tmp_path: Path) -> None:
    whole = written(tmp_path).read_bytes()
    path, rng = tmp_path / "changed.safetensors", random.Random(0)
    for _ in range(150):
        changed = bytearray(whole[: rng.randrange(len(whole))] if rng.random() < 0.3 else whole)
        for _ in range(rng.randrange(4)):
            if changed:
                changed[rng.randrange(len(changed))] = rng.randrange(256)
        path.write_bytes(changed)
        try:
            load_model(path, build)
            column_names(path)
        except UserError as error:
            assert "\n" not in str(error)  # noqa: PT017  most of the files are refused, some are read


def test_a_wrong_or_malformed_record_of_hashes_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / HASHES).write_text(f"{sha256(path)} *{path.name}\n")
    load_model(path, build)
    (tmp_path / HASHES).write_text(f"{'0' * 64}  {path.name}\n")
    assert "SHA-256" in refusal(path)
    for content in (b"one word\nonly\n", b"\xff\xfe\x00"):
        (tmp_path / HASHES).write_bytes(content)
        with pytest.raises(UserError, match="SHA256SUMS is damaged"):
            hashes(tmp_path)


@pytest.mark.parametrize("columns", ['"abc"', "[1]", "{}", "[" * 100_000])
def test_names_of_columns_of_another_kind_are_refused(tmp_path: Path, columns: str) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(save(Line(**SIZE).state_dict(), metadata={"columns": columns}))
    with pytest.raises(UserError, match="damaged"):
        column_names(path)


@pytest.mark.parametrize("name", ["", "none", "a\0b", "x" * 5000, "../..", str(DEFAULT_FOLDER / MODELS[0])])
def test_a_checkpoint_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="there is no checkpoint") as refused:
        folder_of(name)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"density": 3}', '{"density": {}}', "[" * 100_000, "\ufeff{}"])
def test_a_damaged_model_card_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "surrogates.json").write_text(text)
    with pytest.raises(UserError, match=r"surrogates\.json is damaged"):
        load_card(tmp_path)


@pytest.mark.skipif(not (DEFAULT_FOLDER / MODELS[0]).exists(), reason="no weights lie in the package")
def test_a_file_of_another_model_under_the_name_is_refused(tmp_path: Path) -> None:
    from electrolith.gen.sampling.crystal_sampler import CrystalSampler  # heavy: only where weights are

    for name in MODELS:
        shutil.copyfile(DEFAULT_FOLDER / MODELS[1], tmp_path / name)
    with pytest.raises(UserError, match=r"skeleton\.safetensors holds another model"):
        CrystalSampler.load(tmp_path, "cpu")
    state = load_weights(DEFAULT_FOLDER / MODELS[0])[0]
    assert "target.weight" in state
