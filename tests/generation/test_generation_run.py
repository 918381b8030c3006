"""Slots, chunks, folders: the same crystals whoever makes them, in whatever pieces, however often it is killed."""

from __future__ import annotations

import csv
import errno
import os
import signal
import subprocess
import sys
import time
import warnings
import zipfile
from pathlib import Path
from types import ModuleType

import ase.io
import numpy as np
import pytest
from killing import killed_after
from paths import TESTS

from electrolith import Generator, Targets
from electrolith.gen.errors import ElectrolithError, UserError
from electrolith.generation.batch import RunFilter
from electrolith.generation.generation_run import run
from electrolith.generation.generator import GeneratedCrystal
from electrolith.generation.journal import Journal
from electrolith.generation.options import GenerationOptions
from electrolith.generation.partition import Partition, Shard, attempt_seed, auto_batch_size
from electrolith.generation.settings import Settings
from electrolith.io import atomic as whole_module

TWELVE = Settings(12, seed=4, batch_size=3, workers=1)
SCRIPT = TESTS / "generate_scripted.py"


@pytest.fixture(scope="module")
def whole(generator: Generator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of twelve that nothing interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    run(TWELVE, folder, generator=generator)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    """All files that must be the same from run to run."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != "run.yaml"]
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def same(one: GeneratedCrystal, other: GeneratedCrystal) -> bool:
    return (
        one.id == other.id
        and one.seed == other.seed
        and np.array_equal(one.orbits.lattice, other.orbits.lattice)
        and np.array_equal(one.orbits.theta, other.orbits.theta)
        and np.array_equal(one.orbits.elements, other.orbits.elements)
    )


def rows(folder: Path, name: str = "crystals.csv") -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_two_attempts_share_a_seed() -> None:
    seeds = {attempt_seed(run, slot, attempt) for run in range(5) for slot in range(50) for attempt in range(20)}
    assert len(seeds) == 5 * 50 * 20


@pytest.mark.parametrize(("n", "batch_size", "parts"), [(10, 3, 2), (100, 7, 5), (1, 1, 1), (64, 64, 1)])
def test_the_shards_of_a_run_are_its_chunks_each_once(n: int, batch_size: int, parts: int) -> None:
    whole = Partition(n, batch_size)
    shards = [Partition(n, batch_size, Shard(k, parts)) for k in range(1, parts + 1)]
    assert sorted(c for s in shards for c in s.chunks) == list(whole.chunks)
    assert [slot for c in whole.chunks for slot in whole.of(c)] == list(range(n))
    assert sum(s.count for s in shards) == n


def test_more_shards_than_chunks_are_refused_with_a_batch_size_that_does() -> None:
    with pytest.raises(UserError, match="--batch-size 2"):
        _ = Partition(10, 10, Shard(1, 4)).chunks


def test_the_automatic_batch_size_is_the_same_for_all_shards_and_never_zero() -> None:
    for device in ("cpu", "cuda", "cuda:1"):
        for n in (1, 7, 100, 10_000):
            assert 1 <= auto_batch_size(n, device) <= 512
            assert 1 <= auto_batch_size(n, device, relax=True) <= 16


def test_crystals_are_what_was_asked_for_and_passed_the_checks(generator: Generator) -> None:
    crystals = generator.generate(12, Targets(space_group=225), seed=1)
    assert [c.slot for c in crystals] == list(range(12))
    for made in crystals:
        assert made.space_group_asked == made.space_group_found == made.space_group_strict == 225
        assert all(made.verdict(name).passed is not False for name in ("finite", "distances", "volume", "charge"))
        assert len(made.structure) == len(made.crystal)


def test_the_same_seed_gives_the_same_crystals_at_any_batch_size(generator: Generator) -> None:
    one = generator.generate(12, seed=1, batch_size=5)
    other = generator.generate(12, seed=1, batch_size=12)
    assert all(same(a, b) for a, b in zip(one, other, strict=True))
    different = generator.generate(12, seed=2, batch_size=5)
    assert not all(same(a, b) for a, b in zip(one, different, strict=True))


def test_a_longer_run_begins_with_the_shorter_one(generator: Generator) -> None:
    short, long = generator.generate(6, seed=3), generator.generate(15, seed=3)
    assert all(same(a, b) for a, b in zip(short, long[:6], strict=True))


def test_crystals_come_as_they_are_made(generator: Generator) -> None:
    stream = generator.stream(50, seed=1, batch_size=2)
    assert next(stream).slot == 0


def test_a_repeated_crystal_is_told_and_kept(generator: Generator) -> None:
    crystals = generator.generate(40, seed=0)
    answers = [c.verdict("unique").passed for c in crystals]
    assert len(crystals) == 40
    assert answers[0] is True
    assert False in answers  # a dozen crystals known by heart cannot make forty different ones


def test_slots_whose_attempts_run_out_are_missing_with_a_warning(generator: Generator) -> None:
    with pytest.warns(UserWarning, match="missing"):
        crystals = generator.generate(20, seed=0, max_attempts=1)
    assert 0 < len(crystals) < 20


def test_each_crystal_is_asked_for_one_draw_at_all_its_attempts(generator: Generator) -> None:
    targets = Targets(bulk_modulus=(80, 120))
    crystals = generator.generate(10, targets, seed=0)
    asked = [c.asked["bulk_modulus"] for c in crystals]
    assert len(set(asked)) == 10
    assert all(80 <= value <= 120 for value in asked)
    assert asked == [c.asked["bulk_modulus"] for c in generator.generate(10, targets, seed=0, batch_size=3)]


def test_a_validator_or_model_that_breaks_costs_one_candidate(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from electrolith.generation import acceptance

    calls = iter(range(10_000))
    real = acceptance.standardised

    def breaks(orbits: object) -> object:
        if next(calls) == 0:
            raise RuntimeError("broken")
        return real(orbits)

    monkeypatch.setattr(acceptance, "standardised", breaks)
    crystals = generator.generate(3, seed=0)
    assert [c.slot for c in crystals] == [0, 1, 2]


def test_the_journal_gives_back_what_it_was_given(generator: Generator, tmp_path: Path) -> None:
    chunk = RunFilter()(next(iter(generator.chunks(Partition(6, 6), Targets(bulk_modulus=20), GenerationOptions()))))
    journal = Journal(tmp_path / "journal")
    journal.append(0, chunk)
    (again,) = list(journal)
    assert again.rejected == chunk.rejected
    assert again.spent == chunk.spent
    for a, b in zip(again.made, chunk.made, strict=True):
        assert same(a, b)
        assert a.verdicts == b.verdicts
        assert a.asked == b.asked
        assert a.predicted == b.predicted
        assert a.predicted


def test_a_folder_holds_all_that_is_promised(generator: Generator, tmp_path: Path) -> None:
    outcome = run(Settings(10, targets=Targets(space_group=225), workers=1), tmp_path / "out", generator=generator)
    assert (outcome.made, outcome.asked, outcome.spent) == (10, 10, 0)
    folder = tmp_path / "out"
    names = {p.name for p in folder.iterdir()}
    assert names == {
        "crystals.csv", "cifs", "generated_crystals_cif.zip", "generated_crystals.extxyz", "rejected.csv", "run.yaml",
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
    assert len(rows(folder, "rejected.csv")) == outcome.rejected
    assert all(row["reason"] for row in rows(folder, "rejected.csv"))
    cif = (folder / "cifs/gen_000000.cif").read_text()
    assert "# targets: space_group = 225" in cif
    assert f"seed {table[0]['seed']}" in cif


@pytest.mark.parametrize("finished_files", [0, 1, 3, 4, 6, 9, 13, 17, 19, 20, 21])
def test_a_run_that_stops_anywhere_goes_on_to_the_same_files(
    generator: Generator, tmp_path: Path, whole: Path, finished_files: int
) -> None:
    folder = tmp_path / "stopped"
    with killed_after(finished_files):
        run(TWELVE, folder, generator=generator)
    if (folder / "crystals.csv").exists():
        with (folder / "crystals.csv").open("a") as table:
            table.write("gen_0000")  # a row cut short
    run(TWELVE, folder, resume=True, generator=generator)
    assert content(folder) == content(whole)


def test_a_finished_run_is_not_made_again(generator: Generator, scripted: ModuleType, tmp_path: Path) -> None:
    settings = Settings(5, workers=1)
    first = run(settings, tmp_path / "out", generator=generator)
    before = content(tmp_path / "out")
    idle = scripted.Scripted()
    del idle.delay  # it could not draw
    assert run(settings, tmp_path / "out", resume=True, generator=Generator(idle)) == first
    assert content(tmp_path / "out") == before


def test_shards_together_are_the_whole_run(generator: Generator, tmp_path: Path) -> None:
    run(Settings(20, batch_size=4, workers=1), tmp_path / "whole", generator=generator)
    lines: list[dict[str, str]] = []
    for k in (1, 2, 3):
        folder = tmp_path / f"part{k}"
        run(Settings(20, batch_size=4, workers=1, shard=Shard(k, 3)), folder, generator=generator)
        lines += rows(folder)
    whole = rows(tmp_path / "whole")
    for row in [*lines, *whole]:
        del row["unique"], row["unique_reason"]  # said of each part by itself
    assert sorted(lines, key=lambda row: row["id"]) == whole


def test_going_on_with_other_settings_names_them(generator: Generator, scripted: ModuleType, tmp_path: Path) -> None:
    run(Settings(4, workers=1), tmp_path / "out", generator=generator)
    with pytest.raises(UserError, match="seed: 0, 1"):
        run(Settings(4, seed=1, workers=1), tmp_path / "out", resume=True, generator=generator)
    other = Settings(4, targets=Targets(space_group=225), workers=1)
    with pytest.raises(UserError, match="targets"):
        run(other, tmp_path / "out", resume=True, generator=generator)
    changed = scripted.Scripted()
    changed.hashes = {"by heart": "01"}
    with pytest.raises(UserError, match="weights"):
        run(Settings(4, workers=1), tmp_path / "out", resume=True, generator=Generator(changed))


def test_a_folder_in_use_is_left_alone_unless_told_otherwise(generator: Generator, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        run(Settings(2, workers=1), tmp_path, generator=generator)
    with pytest.raises(UserError, match="no run to go on with"):
        run(Settings(2, workers=1), tmp_path, resume=True, generator=generator)
    with pytest.raises(UserError, match="not a folder"):
        run(Settings(2, workers=1), tmp_path / "notes.txt", generator=generator)
    run(Settings(3, workers=1), tmp_path, overwrite=True, generator=generator)
    run(Settings(2, workers=1), tmp_path, overwrite=True, generator=generator)
    assert len(list((tmp_path / "cifs").iterdir())) == 2
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("allowed", [1, 5, 9, 14])
def test_a_full_disk_keeps_what_was_finished(
    generator: Generator, tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    left = allowed
    real = os.fsync

    def full(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(whole_module.os, "fsync", full)
    with pytest.raises(ElectrolithError, match="disk is full") as caught:
        run(TWELVE, tmp_path / "out", generator=generator)
    assert caught.value.exit_code == 1
    assert not list((tmp_path / "out").rglob("*.part"))
    assert not (tmp_path / "out/generated_crystals.extxyz").exists()
    left = 10_000
    run(TWELVE, tmp_path / "out", resume=True, generator=generator)
    assert content(tmp_path / "out") == content(whole)


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_files_with_any_number_of_workers(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "generate", "-n", "40", "--batch-size", "4", "--seed", "5", "-o"]
    fast, slow = os.environ | {"OMP_NUM_THREADS": "1"}, os.environ | {"OMP_NUM_THREADS": "1", "DELAY": "0.2"}
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run([*command, str(whole), "--workers", "1"], check=True, env=fast, capture_output=True)
    for chunks in (1, 3):
        process = subprocess.Popen([*command, str(killed), "--workers", "2", "--resume"], env=slow)
        deadline = time.monotonic() + 120
        while len(Journal(killed / ".chunks")) < chunks and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert 1 <= len(Journal(killed / ".chunks")) < 10
    subprocess.run([*command, str(killed), "--workers", "2", "--resume"], check=True, env=fast, capture_output=True)
    assert content(killed) == content(whole)
