"""Runs: the same crystals with any batches, shards and processes, however often a run is killed."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
import warnings
import zipfile
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import ase.io
import pytest
import yaml
from damaged import damaged
from killing import killed_after
from paths import TESTS
from run_files import content, rows, settings

from electrolith import Generator
from electrolith.gen import atomic
from electrolith.gen.errors import ElectrolithError, UserError
from electrolith.gen.stored_records import reading_back
from electrolith.generation.crystal_table import crystal_row, rejected_row
from electrolith.generation.earlier_settings import BEFORE
from electrolith.generation.generation_run import run
from electrolith.generation.journal import Journal
from electrolith.generation.run_record import check_same_run, surrogate_hashes
from electrolith.generation.settings_loader import load_settings
from electrolith.io.yaml_files import read_yaml

TWELVE = settings(12, seed=4, batch_size=3)
SCRIPT = TESTS / "generate_scripted.py"
OLD_RECORD = """\
settings:
  n: 6
  seed: 0
  targets:
    bulk_modulus: 80.0..150.0
  steps: 50
  guidance: 2.0
  max_attempts: 20
  keep: 0
  confidence: 0.0
  max_candidates: auto
  charge: true
  stable: true
  new: true
  fit: true
  relax: false
  batch_size: 6
  checkpoint: default
  shard: 1/1
  device: cpu
  workers: 2
versions:
  electrolith: 0.1.0
  torch: 2.13.0+cpu
"""  # as version 0.1.0 wrote it; its weights and status are added by the test


@pytest.fixture(scope="module")
def uninterrupted(generator: Generator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of twelve that was never stopped."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    run(TWELVE, folder, generator=generator)
    return folder


def test_all_shards_of_a_run_choose_the_same_batch_size() -> None:
    for device in ("cpu", "cuda"):
        for n in (6, 100, 1000):
            parts = 3 if n < 1000 or device == "cpu" else 1  # 1000 crystals are two batches on a GPU
            sizes = {
                settings(n, shard=f"{k}/{parts}").resolved(device, cores).options.batch_size
                for k in range(1, parts + 1)
                for cores in (1, 8)
            }
            assert sizes == {settings(n).resolved(device, 1).options.batch_size}


def test_a_folder_holds_all_files_of_a_run(generator: Generator, tmp_path: Path) -> None:
    progress = run(settings(10, targets={"space_group": 225}), tmp_path / "out", generator=generator)
    assert (progress.generated, progress.requested, progress.exhausted) == (10, 10, 0)
    folder = tmp_path / "out"
    names = {p.name for p in folder.iterdir()}
    assert names == {
        "crystals.csv", "cifs", "generated_crystals_cif.zip", "generated_crystals.extxyz", "rejected.csv", "run.yaml",
        ".manifest",
    }  # fmt: skip
    table = rows(folder)
    assert [row["file"] for row in table] == [f"cifs/gen_{k:06d}.cif" for k in range(10)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frames = ase.io.read(folder / "generated_crystals.extxyz", ":")
        for row, atoms in zip(table, frames, strict=True):
            assert atoms.info["id"] == row["id"]
            again = ase.io.read(folder / row["file"])
            assert again.get_chemical_formula() == atoms.get_chemical_formula()
            assert again.get_volume() == pytest.approx(atoms.get_volume(), rel=1e-6)
    with zipfile.ZipFile(folder / "generated_crystals_cif.zip") as archive:
        assert len(archive.namelist()) == 10
        assert archive.read("gen_000003.cif") == (folder / "cifs/gen_000003.cif").read_bytes()
    assert len(rows(folder, "rejected.csv")) == progress.rejected
    assert all(row["reason"] for row in rows(folder, "rejected.csv"))
    cif = (folder / "cifs/gen_000000.cif").read_text()
    assert "# targets: space_group = 225" in cif
    assert f"seed {table[0]['seed']}" in cif


@pytest.mark.parametrize("finished_files", [0, 1, 2, 4, 5, 7, 10, 14, 18, 20, 21, 22])
def test_a_run_that_is_stopped_anywhere_resumes_to_the_same_files(
    generator: Generator, tmp_path: Path, uninterrupted: Path, finished_files: int
) -> None:
    folder = tmp_path / "stopped"
    with killed_after(finished_files):
        run(TWELVE, folder, generator=generator)
    if (folder / "crystals.csv").exists():
        with (folder / "crystals.csv").open("a") as table:
            table.write("gen_0000")  # a row cut short
    run(TWELVE, folder, resume=True, generator=generator)
    assert content(folder) == content(uninterrupted)


def test_a_damaged_journal_is_a_fault_of_its_file(generator: Generator, tmp_path: Path, uninterrupted: Path) -> None:
    with killed_after(14):
        run(TWELVE, tmp_path, generator=generator)
    file = tmp_path / ".chunks" / "000000.json"
    for broken in damaged(file.read_bytes(), 60):
        file.write_bytes(broken)
        with suppress(UserError):
            for batch in Journal(file.parent):
                with reading_back(file):
                    assert all(one.formula and crystal_row(one, []) for one in batch.crystals)
                    assert all(map(rejected_row, batch.rejected))
            Journal(file.parent).table_bytes(0)
    file.write_text("{}")
    with pytest.raises(
        UserError, match=r"000000.json is damaged, or not a file of this run: 'made' is missing. Delete"
    ):
        run(TWELVE, tmp_path, resume=True, generator=generator)
    file.write_bytes(file.with_name("000001.json").read_bytes())
    with pytest.raises(UserError, match=r"000000.json is damaged, .*: it is batch 1"):
        run(TWELVE, tmp_path, resume=True, generator=generator)
    file.unlink()  # as the messages say
    run(TWELVE, tmp_path, resume=True, generator=generator)
    assert content(tmp_path) == content(uninterrupted)


def test_a_damaged_record_of_a_run_is_a_fault_of_its_file(generator: Generator, tmp_path: Path) -> None:
    run(settings(2), tmp_path, generator=generator)
    file = tmp_path / "run.yaml"
    record = yaml.safe_load(file.read_text())
    for broken in damaged(json.dumps(record).encode(), 60):
        file.write_bytes(broken)
        with suppress(UserError):
            check_same_run(settings(2), record["weights"], read_yaml(file), file)
        with suppress(UserError):
            load_settings({}, earlier=file)
    file.write_text(yaml.safe_dump(record | {"outcome": {"asked": "2"}}))
    with pytest.raises(UserError, match=r"run.yaml is damaged, or not a file of this run: requested is '2'"):
        run(settings(2), tmp_path, resume=True, generator=generator)


def test_a_finished_run_is_not_repeated(generator: Generator, scripted: ModuleType, tmp_path: Path) -> None:
    five = settings(5)
    first = run(five, tmp_path / "out", generator=generator)
    before = content(tmp_path / "out")
    idle = scripted.Scripted()
    del idle.delay  # it could not draw
    assert run(five, tmp_path / "out", resume=True, generator=Generator(idle)) == first
    assert content(tmp_path / "out") == before


def test_shards_together_are_the_whole_run(generator: Generator, tmp_path: Path) -> None:
    run(settings(20, batch_size=4), tmp_path / "whole", generator=generator)
    lines: list[dict[str, str]] = []
    for k in (1, 2, 3):
        folder = tmp_path / f"part{k}"
        run(settings(20, batch_size=4, shard=f"{k}/3"), folder, generator=generator)
        lines += rows(folder)
    whole = rows(tmp_path / "whole")
    for row in [*lines, *whole]:
        del row["unique"], row["unique_reason"]  # compared within each part
    assert sorted(lines, key=lambda row: row["id"]) == whole


def test_resuming_with_other_settings_names_them(generator: Generator, scripted: ModuleType, tmp_path: Path) -> None:
    run(settings(4), tmp_path / "out", generator=generator)
    with pytest.raises(UserError, match="seed: 0, 1"):
        run(settings(4, seed=1), tmp_path / "out", resume=True, generator=generator)
    other = settings(4, targets={"space_group": 225})
    with pytest.raises(UserError, match="space_group"):
        run(other, tmp_path / "out", resume=True, generator=generator)
    changed = scripted.Scripted()
    changed.hashes = {"by heart": "01"}
    with pytest.raises(UserError, match="weights"):
        run(settings(4), tmp_path / "out", resume=True, generator=Generator(changed))


def test_a_run_of_an_earlier_version_is_resumed(generator: Generator, tmp_path: Path) -> None:
    before = {"steps": 50, "stability_limit": None, "balance": False}
    six = settings(6, targets={"bulk_modulus": "80..150"}, batch_size=6, **before)
    run(six, tmp_path / "new", generator=generator)
    weights = dict(generator.weight_hashes) | surrogate_hashes(generator.surrogates)
    weights["made.json"] = weights.pop("bias_correction.json")
    old = tmp_path / "old"
    old.mkdir()
    record = OLD_RECORD + yaml.safe_dump({"weights": weights, "status": "running"})
    (old / "run.yaml").write_text(record, encoding="utf-8")
    run(six, old, resume=True, generator=generator)
    assert content(old) == content(tmp_path / "new")
    outcome = {"asked": 6, "made": 6, "spent": 0, "rejected": 5, "keep": False}
    record = OLD_RECORD + yaml.safe_dump({"weights": weights, "status": "complete", "outcome": outcome})
    (old / "run.yaml").write_text(record, encoding="utf-8")
    assert run(six, old, resume=True, generator=generator).generated == 6
    with pytest.raises(UserError, match=r"guidance: 2\.0, 3\.0"):
        run(six.with_(guidance=3.0), old, resume=True, generator=generator)


def test_the_record_of_a_run_has_the_names_of_earlier_versions(uninterrupted: Path) -> None:
    record = yaml.safe_load((uninterrupted / "run.yaml").read_text(encoding="utf-8"))
    assert list(record) == ["settings", "versions", "weights", "status", "outcome"]
    assert set(record["outcome"]) == {"asked", "made", "spent", "rejected", "keep"}
    assert {*yaml.safe_load(OLD_RECORD)["settings"], *BEFORE} == set(record["settings"])


def test_a_run_leaves_the_number_of_threads_of_torch_as_it_was(generator: Generator, tmp_path: Path) -> None:
    import torch

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        run(settings(2), tmp_path / "out", generator=generator)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_an_internal_error_is_counted_in_the_record(
    generator: Generator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from electrolith.generation import acceptance

    real, calls = acceptance.standardised, iter(range(10_000))

    def breaks(orbits: object) -> object:
        if next(calls) < 2:
            raise TypeError("broken")
        return real(orbits)

    monkeypatch.setattr(acceptance, "standardised", breaks)
    with killed_after(5):
        run(settings(6, batch_size=2), tmp_path, generator=generator)
    progress = run(settings(6, batch_size=2), tmp_path, resume=True, generator=generator)
    assert (progress.generated, progress.internal_errors) == (6, 2)
    record = yaml.safe_load((tmp_path / "run.yaml").read_text(encoding="utf-8"))
    assert record["internal_errors"] == 2
    assert sum("broken" in row["reason"] for row in rows(tmp_path, "rejected.csv")) == 2
    assert "Traceback" in caplog.text
    assert run(settings(6, batch_size=2), tmp_path, resume=True, generator=generator) == progress


def test_a_folder_in_use_is_not_changed_without_overwrite(generator: Generator, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        run(settings(2), tmp_path, generator=generator)
    with pytest.raises(UserError, match="no run to resume"):
        run(settings(2), tmp_path, resume=True, generator=generator)
    with pytest.raises(UserError, match="not a folder"):
        run(settings(2), tmp_path / "notes.txt", generator=generator)
    run(settings(3), tmp_path, overwrite=True, generator=generator)
    run(settings(2), tmp_path, overwrite=True, generator=generator)
    assert len(list((tmp_path / "cifs").iterdir())) == 2
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("allowed", [1, 5, 9, 14])
def test_a_full_disk_keeps_the_finished_batches(
    generator: Generator, tmp_path: Path, uninterrupted: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    left = allowed
    real = os.fsync

    def full(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(ElectrolithError, match=r"the disk .* is full") as caught:
        run(TWELVE, tmp_path / "out", generator=generator)
    assert caught.value.exit_code == 1
    assert not list((tmp_path / "out").rglob("*.part"))
    assert not (tmp_path / "out/generated_crystals.extxyz").exists()
    left = 10_000
    run(TWELVE, tmp_path / "out", resume=True, generator=generator)
    assert content(tmp_path / "out") == content(uninterrupted)


@pytest.mark.slow
def test_a_killed_run_resumes_to_the_same_files_with_any_number_of_workers(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "generate", "-n", "40", "--batch-size", "4", "--seed", "5", "-o"]
    fast, slow = os.environ | {"OMP_NUM_THREADS": "1"}, os.environ | {"OMP_NUM_THREADS": "1", "DELAY": "0.2"}
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run([*command, str(whole), "--workers", "1"], check=True, env=fast, capture_output=True)
    for batches in (1, 3):
        process = subprocess.Popen([*command, str(killed), "--workers", "2", "--resume"], env=slow)
        deadline = time.monotonic() + 120
        while len(Journal(killed / ".chunks")) < batches and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert 1 <= len(Journal(killed / ".chunks")) < 10
    subprocess.run([*command, str(killed), "--workers", "2", "--resume"], check=True, env=fast, capture_output=True)
    assert content(killed) == content(uninterrupted)
