"""A file that takes too long, too much memory, or a crash costs its own row; the others are read."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from pymatgen.io.cif import CifWriter

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import ElectrolithError, UserError
from electrolith.gen.reading.read_crystals import Unreadable, read_crystals
from electrolith.io import reader_process
from electrolith.io.idle_readers import take_reader
from electrolith.io.limited_reading import read_within_limits
from electrolith.io.reading_limits import Limits

Named = Callable[[str], Crystal]
PACKED = gzip.compress(b" " * 95_000_000)  # a second of reading, and 100 MB twice
NARROW = Limits(seconds=20, memory=60e6)


@pytest.fixture
def salt(crystal_named: Named) -> str:
    return str(CifWriter(crystal_named("NaCl").structure))


@pytest.fixture
def folder(tmp_path: Path, salt: str) -> Path:
    """Files a.cif to d.cif, of which b needs much memory and time."""
    for name in "acd":
        (tmp_path / f"{name}.cif").write_text(salt)
    (tmp_path / "b.cif.gz").write_bytes(PACKED)
    return tmp_path


def read(*paths: Path, limits: Limits = Limits()) -> dict[str, str]:  # noqa: B008
    return by_name(read_within_limits(paths, limits))


def by_name(found: Iterable[Crystal | Unreadable]) -> dict[str, str]:
    return {e.name: e.reason if isinstance(e, Unreadable) else e.formula for e in found}


def test_the_same_entries_in_the_same_order_as_without_limits(tmp_path: Path, salt: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, text in (("one.cif", salt), ("two.cif", salt + salt.replace("data_", "data_x")), ("bad.cif", "x")):
            archive.writestr(name, text)
        archive.writestr("notes.txt", "")
    here, there = read_crystals(tmp_path / "a.zip"), read_within_limits(tmp_path / "a.zip")
    assert [repr(entry) for entry in there] == [repr(entry) for entry in here]
    assert list(there.not_read) == list(here.not_read) == ["notes.txt"]


def test_a_file_that_a_folder_leaves_out_is_not_named_where_it_is_given_by_its_own_path(
    tmp_path: Path, salt: str
) -> None:
    (tmp_path / "a.cif").write_text(salt)
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "table.csv").write_text(f'cif\n"{salt}"\n')
    reading = read_within_limits([tmp_path, tmp_path / "table.csv"])
    assert len(list(reading)) == 2
    assert list(reading.not_read) == ["notes.txt"]


def test_a_file_that_needs_too_much_memory_costs_its_own_row(folder: Path) -> None:
    entries = list(read_within_limits(folder, NARROW))
    assert [entry.source for entry in entries] == [str(path) for path in sorted(folder.iterdir())]
    found = by_name(entries)
    assert "more memory" in found.pop("b")
    assert found == {"a": "NaCl", "c": "NaCl", "d": "NaCl"}


def test_a_file_that_takes_too_long_costs_its_own_row(folder: Path) -> None:
    found = read(folder, limits=Limits(seconds=0.1))
    assert "takes longer than 0.1 s of computing" in found.pop("b")
    assert found == {"a": "NaCl", "c": "NaCl", "d": "NaCl"}


def test_a_file_for_which_one_waits_too_long_costs_its_own_row(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_process, "LOOKS", 0.02)
    (folder / "b.cif.gz").write_bytes(gzip.compress(b"x " * 45_000_000))
    found = read(folder, limits=Limits(waiting=0.5))
    assert "takes longer than 0.5 s" in found.pop("b")
    assert found == {"a": "NaCl", "c": "NaCl", "d": "NaCl"}


def test_a_reader_that_is_killed_twice_at_one_file_leaves_it_out_and_reads_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = reader_process.ReaderProcess.receive

    def killed_at_b(self: reader_process.ReaderProcess) -> object:
        message = messages(self)
        if message and message[0] == "start" and message[2] == "b" and message[1].place.part:
            self.process.kill()
        return message

    monkeypatch.setattr(reader_process.ReaderProcess, "receive", killed_at_b)
    found = read(folder)
    assert "SIGKILL, perhaps for lack of memory" in found["b"]
    assert [name for name in found if name != "b"] == ["a", "c", "d"]


def test_a_reader_that_is_stopped_is_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_process, "LOOKS", 0.05)
    monkeypatch.setattr(reader_process, "PATIENCE", 0.2)
    take_reader().end()
    others = {*children()}
    reading = read_within_limits(folder)
    (process,) = {*children()} - others
    os.kill(process, signal.SIGSTOP)
    found = [entry.reason for entry in reading if isinstance(entry, Unreadable)]
    assert any("is stopped" in reason for reason in found)


def test_several_paths_are_read_after_each_other_and_only_a_missing_one_is_an_error(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("words")
    found = read(folder / "a.cif", tmp_path / "notes.txt", folder / "c.cif")
    assert (found["a"], found["c"]) == ("NaCl", "NaCl")
    assert "unknown format" in found["notes"]
    with pytest.raises(UserError, match="does not exist"):
        read_within_limits([folder / "a.cif", tmp_path / "nowhere.cif"])


@pytest.mark.parametrize("name", ["nowhere.cif", "notes.txt", "empty.cif"])
def test_the_faults_of_a_single_path_are_the_users_mistake_said_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("words")
    (tmp_path / "empty.cif").touch()
    with pytest.raises(UserError, match=name):
        read_within_limits(tmp_path / name)


def test_one_process_serves_all_readings_and_ends_where_one_is_given_up(folder: Path) -> None:
    (folder / "b.cif.gz").unlink()
    take_reader().end()
    others = {*children()}  # of readings that earlier tests have left unfinished
    assert len(read(folder)) == len(read(folder)) == 3
    assert len({*children()} - others) == 1
    list(islice(read_within_limits(folder), 1))
    assert len(read(folder)) == 3
    assert len({*children()} - others) == 1


def test_a_reader_that_cannot_start_is_an_error_in_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_reader().end()
    monkeypatch.setattr(reader_process, "PROGRAM", "raise SystemExit(7)")
    with pytest.raises(ElectrolithError, match=r"cannot start: .* exit code 7"):
        read_within_limits(folder)


def test_no_reader_outlives_a_killed_run(folder: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from electrolith.io.limited_reading import read_within_limits; "
        "reading = read_within_limits(Path(sys.argv[1])); next(reading); print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        run.stdout.readline()
        readers = children(run.pid)
        run.kill()
    (reader,) = readers
    deadline = time.monotonic() + 10
    while Path(f"/proc/{reader}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{reader}").exists()


def children(parent: int | None = None) -> list[int]:
    """The readers of a process, this one by default."""
    return list(_children(parent or os.getpid()))


def _children(parent: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
            command = (stat.parent / "cmdline").read_text()
        except OSError:
            continue
        if int(words[1]) == parent and words[0] != "Z" and "reading_worker" in command:
            yield int(stat.parent.name)


def test_a_reading_that_is_left_unfinished_in_a_cycle_ends_its_reader(folder: Path) -> None:
    """Python may finalize a connection before the generator that holds it."""
    code = f"""
import gc, sys
from pathlib import Path
from electrolith.io.limited_reading import read_within_limits

faults = []
sys.unraisablehook = lambda fault: faults.append(fault.exc_value)
for _ in range(2):
    list(read_within_limits(Path({str(folder / "a.cif")!r})))  # leaves a reader that is older than the next reading
    cycle = [read_within_limits(Path({str(folder)!r}))]
    cycle.append(cycle)
    next(cycle[0])
    del cycle
    gc.collect()
print(faults)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr
