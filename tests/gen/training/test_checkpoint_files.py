"""Checkpoints are whole, hold plain values only, and a damaged one does not lose the run."""

from __future__ import annotations

import pickle
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from electrolith.gen.errors import UserError
from electrolith.gen.training.checkpoint_files import (
    NEEDED,
    WholeCheckpoints,
    has_checkpoint,
    latest_checkpoint,
    read_checkpoint,
)

STATE = {"weight": torch.arange(6.0).reshape(2, 3), "count": torch.tensor(3)}


def content(step: int = 5, **changes: Any) -> dict[str, Any]:
    return dict.fromkeys(NEEDED) | {"state_dict": STATE, "current_model_state": STATE, "global_step": step} | changes


def save(path: Path, **values: Any) -> Path:
    WholeCheckpoints().save_checkpoint(content(**values), path)
    return path


class Payload:
    """Writes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = read_checkpoint(save(tmp_path / "last.ckpt"))
    assert found["global_step"] == 5
    assert all(torch.equal(found["state_dict"][name], value) for name, value in STATE.items())
    assert [file.name for file in tmp_path.iterdir()] == ["last.ckpt"]


def test_a_payload_is_not_run(tmp_path: Path) -> None:
    torch.save(content(extra=Payload(tmp_path / "ran")), tmp_path / "last.ckpt")
    with pytest.raises(UserError, match="more than tensors and plain values"):
        read_checkpoint(tmp_path / "last.ckpt")
    (tmp_path / "old.ckpt").write_bytes(pickle.dumps(Payload(tmp_path / "ran")))
    with pytest.raises(UserError, match=r"old\.ckpt is damaged"):
        read_checkpoint(tmp_path / "old.ckpt")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.99])
def test_a_truncated_or_changed_checkpoint_is_refused_in_one_line(tmp_path: Path, share: float) -> None:
    whole = save(tmp_path / "last.ckpt").read_bytes()
    place = int(share * len(whole))
    (tmp_path / "short.ckpt").write_bytes(whole[:place])
    changed = bytearray(whole)
    changed[place : place + 64] = bytes(64 * [255])[: len(whole) - place]
    (tmp_path / "changed.ckpt").write_bytes(changed)
    with pytest.raises(UserError, match=r"^the checkpoint .*short\.ckpt is damaged") as refused:
        read_checkpoint(tmp_path / "short.ckpt")
    assert "\n" not in str(refused.value)
    try:
        found = read_checkpoint(tmp_path / "changed.ckpt")
    except UserError:
        return
    assert torch.equal(found["state_dict"]["weight"], STATE["weight"])  # padding was changed, nothing else


def test_an_archive_that_unpacks_to_more_than_its_size_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "last.ckpt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(10_000_000))
    with pytest.raises(UserError, match="compressed"):
        read_checkpoint(tmp_path / "last.ckpt")


def test_a_full_disk_leaves_the_earlier_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "last.ckpt")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(path, step=6)
    assert read_checkpoint(path)["global_step"] == 5
    assert [file.name for file in tmp_path.iterdir()] == ["last.ckpt"]


def test_the_run_goes_on_from_the_other_file_if_one_is_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert latest_checkpoint(tmp_path, STATE) is None
    assert not has_checkpoint(tmp_path)
    first, last = save(tmp_path / "checkpoint.ckpt", step=6), save(tmp_path / "last.ckpt", step=3)
    assert latest_checkpoint(tmp_path, STATE) == first  # the kill came between the two
    last.write_bytes(last.read_bytes()[:100])
    assert latest_checkpoint(tmp_path, STATE) == first
    assert "last.ckpt is damaged" in capsys.readouterr().err
    first.unlink()
    with pytest.raises(UserError, match=r"last\.ckpt is damaged"):
        latest_checkpoint(tmp_path, STATE)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"state_dict": {"weight": STATE["weight"]}}, "another model"),
        ({"current_model_state": STATE | {"weight": torch.zeros(3, 3)}}, "another size"),
        ({"state_dict": STATE | {"weight": STATE["weight"] * torch.nan}}, "not finite"),
        ({"state_dict": [1]}, "another model"),
    ],
)
def test_a_checkpoint_of_another_model_is_refused(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    save(tmp_path / "last.ckpt", **changes)
    shutil.copyfile(tmp_path / "last.ckpt", tmp_path / "checkpoint.ckpt")
    with pytest.raises(UserError, match=says):
        latest_checkpoint(tmp_path, STATE)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    torch.save({"weights": STATE}, tmp_path / "last.ckpt")
    with pytest.raises(UserError, match="is not a checkpoint of a training run"):
        read_checkpoint(tmp_path / "last.ckpt")
