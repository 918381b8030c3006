"""A lock has one holder; that of a dead process is taken over by exactly one of those who want it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from electrolith.gen.errors import UserError
from electrolith.io import run_lock as module
from electrolith.io.lock_holder import Holder, read_holder, this_process
from electrolith.io.run_lock import acquire, run_lock


def dead() -> Holder:
    """A holder with the number of a process that has ended."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return replace(this_process(), pid=child, born="12345")


def write(lock: Path, holder: Holder) -> None:
    lock.write_text(json.dumps(asdict(holder)))


def test_a_second_run_is_refused_with_process_computer_and_start_until_the_first_ends(tmp_path: Path) -> None:
    me = this_process()
    with run_lock(tmp_path):
        with pytest.raises(UserError, match=f"process {me.pid} on {me.host}, since 2"), run_lock(tmp_path):
            pass
        assert read_holder(tmp_path / ".lock") is not None
    with run_lock(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_the_lock_of_a_file_lies_beside_it(tmp_path: Path) -> None:
    with run_lock(tmp_path / "table.csv"):
        assert [p.name for p in tmp_path.iterdir()] == [".table.csv.lock"]
        with pytest.raises(UserError, match="in use"), run_lock(tmp_path / "table.csv"):
            pass
        with run_lock(tmp_path / "other.csv"):
            pass
    assert not list(tmp_path.iterdir())


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    write(tmp_path / ".lock", dead())
    with run_lock(tmp_path):
        assert read_holder(tmp_path / ".lock") == replace(this_process(), since=read_holder(tmp_path / ".lock").since)
    assert not list(tmp_path.iterdir())


def test_a_process_with_the_number_of_a_dead_one_does_not_hold_its_lock(tmp_path: Path) -> None:
    write(tmp_path / ".lock", replace(this_process(), born="an hour before"))
    with run_lock(tmp_path):
        pass


def test_a_lock_from_before_the_computer_was_started_again_is_taken_over(tmp_path: Path) -> None:
    write(tmp_path / ".lock", replace(this_process(), space="another-boot pid:[1]"))
    with run_lock(tmp_path):
        pass


@pytest.mark.parametrize("change", [{"host": "elsewhere"}, {"space": f"{this_process().space.split()[0]} pid:[1]"}])
def test_a_lock_of_another_computer_or_container_is_refused_with_the_file_to_remove(
    tmp_path: Path, change: dict[str, str]
) -> None:
    write(tmp_path / ".lock", replace(dead(), **change))
    with pytest.raises(UserError, match=r"remove .*\.lock"), run_lock(tmp_path):
        pass
    assert (tmp_path / ".lock").exists()


def test_a_lock_without_content_is_waited_for_and_then_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".lock").write_text("")
    monkeypatch.setattr(module, "YOUNG", 0.0)
    with run_lock(tmp_path):
        pass


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda lock: lock.write_text("of an editor")])
@pytest.mark.parametrize("age", [0, 3600])
def test_what_is_no_lock_is_named_at_once_and_stays(tmp_path: Path, make: Callable[[Path], object], age: int) -> None:
    lock = tmp_path / ".lock"
    make(lock)
    os.utime(lock, (time.time() - age, time.time() - age))
    with pytest.raises(UserError, match=r"\.lock is .*, not the lock of a run.*: move it away"), run_lock(tmp_path):
        pass
    assert [one.name for one in tmp_path.iterdir()] == [".lock"]


@pytest.mark.parametrize("text", ["[" * 100_000, "{" + '"a":{' * 100_000, '{"pid": "x"}', "[1]"])
def test_content_that_names_no_process_is_no_holder(tmp_path: Path, text: str) -> None:
    (tmp_path / ".lock").write_text(text)
    assert read_holder(tmp_path / ".lock") is None
    write(tmp_path / ".lock", replace(this_process(), space=3))
    assert read_holder(tmp_path / ".lock") is None


def test_a_young_lock_without_content_is_not_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRIES", 1)
    (tmp_path / ".lock").touch()
    with pytest.raises(UserError, match=r"made within the last 10 s: another run seems to start"), run_lock(tmp_path):
        pass


def test_of_many_that_want_a_stale_lock_exactly_one_gets_it(tmp_path: Path) -> None:
    lock = tmp_path / ".lock"
    stale = dead()
    for _ in range(20):
        write(lock, stale)
        start, won = threading.Barrier(8), []

        def want(start: threading.Barrier = start, won: list[int] = won) -> None:
            start.wait()
            try:
                acquire(lock, tmp_path)
            except UserError:
                return
            won.append(1)

        threads = [threading.Thread(target=want) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert won == [1]
        assert [p.name for p in tmp_path.iterdir()] == [".lock"]
        lock.unlink()


def test_a_forked_process_does_not_release_the_lock_of_its_parent(tmp_path: Path) -> None:
    with run_lock(tmp_path):
        child = os.fork()
        if child == 0:
            try:
                raise SystemExit
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        assert (tmp_path / ".lock").exists()


def test_a_disk_without_links_has_locks_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(module.os, "link", no_links)
    with run_lock(tmp_path), pytest.raises(UserError, match="in use"), run_lock(tmp_path):
        pass
    assert not list(tmp_path.iterdir())
