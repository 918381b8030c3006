"""Robustness, part ``disks``: every command on a disk that becomes full, and on one that is read-only."""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from figures import Figure
from forked_commands import Command, Process, complaints, run
from small_runs import TIMED, SmallRun, fresh_inputs, other_runs, real_names, result, small_runs

SHARES = (0.02, 0.4, 0.8)  # of the room that the whole run needs
DONE = (0, 3)
GROWING = {"crystals.csv", "rejected.csv", "candidates.csv", "metrics.csv"}  # tables that grow by whole rows
PAGE = 4096  # bytes


def figures(args: argparse.Namespace) -> list[Figure]:
    """The figures of this part."""
    place, inputs = fresh_inputs(args, "disks")
    runs = [*small_runs(inputs, relax=not args.small), *other_runs(inputs, args.small)]
    if args.small:
        runs = [one for one in runs if one.name == "build"]
    full: list[str] = []
    read_only: list[str] = []
    tries = 0
    for one in runs:
        whole = place / "whole" / one.name.replace(" ", "")
        whole.mkdir(parents=True)
        out = _out(one, whole)
        first = run(one.start(out), whole / "log")
        if first.code not in DONE:
            raise RuntimeError(f"{one.name} ended with {first.code}:\n{first.output[-2000:]}")
        room = sum(max(path.stat().st_size, PAGE) for path in whole.rglob("*") if path.is_file())
        for share in SHARES[1:2] if args.small else SHARES:
            tries += 1
            full += _on_full_disk(one, place, int(share * room) + 3 * PAGE, whole)
        read_only += _on_read_only_disk(one, place)
        print(f"{one.name}: {room} bytes, {full}, {read_only}", flush=True)
    how = "small tmpfs" if _can_mount() else "limit of the size of files, as mounting needs root"
    return [
        Figure("full disk, every command: the disk is named, nothing half-written under a real name", f"{tries} of "
               f"{tries}", f"{tries - len(full)} of {tries}", tries, not full, "; ".join([how, *full[:5]])),
        Figure("read-only disk, every command: the disk is named", f"{len(runs)} of {len(runs)}",
               f"{len(runs) - len(read_only)} of {len(runs)}", len(runs), not read_only, "; ".join(read_only[:5])),
    ]  # fmt: skip


def _on_full_disk(one: SmallRun, place: Path, size: int, whole: Path) -> list[str]:
    """Faults of a run on a disk of this size; then the disk grows and the run continues."""
    name = f"{one.name} with {size} bytes"
    with _disk(place / "disk", size) as (disk, grow):
        out = _out(one, disk)
        first = run(_limited(one.start(out), size), place / "full.log")
        if first.code in DONE:  # the run needs less than it leaves
            return []
        faults = _faults(first, disk) + _half_written(out, _out(one, whole))
        grow()
        again = run(one.again(out), place / "again.log")
        if again.code not in DONE or result(out) != result(_out(one, whole)):
            faults.append(f"continued with {again.code} to another result {again.output[-200:]}")
        return [f"{name}: {', '.join(faults)}"] if faults else []


def _on_read_only_disk(one: SmallRun, place: Path) -> list[str]:
    with _disk(place / "disk", 2**20) as (disk, _):
        if not _can_mount():
            disk.chmod(0o500)
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        try:
            faults = _faults(run(one.start(_out(one, disk)), place / "read-only.log"), disk)
        finally:
            if not _can_mount():
                disk.chmod(0o700)
        return [f"{one.name}: {', '.join(faults)}"] if faults else []


def _faults(process: Process, disk: Path) -> list[str]:
    """What is wrong with the answer to a fault of the disk: one line that names path and disk, and exit code 1."""
    said = complaints(process)
    faults = [] if process.code == 1 else [f"exit code {process.code}"]
    mount = disk if _can_mount() else Path("/")
    if len(said) != 1 or f"the disk {mount}" not in said[0] or str(disk) not in said[0]:
        faults.append(f"said {process.output[-300:]!r}")
    return faults


def _half_written(out: Path, whole: Path) -> list[str]:
    """Files under real names that are neither whole nor tables of whole rows."""
    faults = []
    for path in real_names(out) if out.exists() else []:
        content = path.read_bytes()
        other = whole if out.is_file() else whole / path.relative_to(out)
        if path.name in GROWING:
            good = not content or content.endswith(b"\n")
        elif path.name in TIMED or path.suffix in (".ckpt", ".yaml"):
            good = bool(content)
        else:
            good = other.is_file() and content == other.read_bytes()
        if not good:
            faults.append(f"{path.name} is half-written")
    return faults


def _can_mount() -> bool:
    return os.geteuid() == 0 and shutil.which("mount") is not None


@contextmanager
def _disk(path: Path, size: int) -> Iterator[tuple[Path, Callable[[], object]]]:
    """A small disk, and a function that makes it large."""
    path.mkdir(parents=True)
    path = path.resolve()
    try:
        if _can_mount():
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)], check=True)
        yield (
            path,
            lambda: (
                _can_mount()
                and subprocess.run(
                    ["mount", "-o", "remount,size=200m", str(path)],
                    check=True,
                )
            ),
        )
    finally:
        if _can_mount():
            subprocess.run(["umount", "-l", str(path)], check=True)
        shutil.rmtree(path)


def _limited(command: Command, size: int) -> Command:
    """The command, with a limit on the size of its files where no small disk can be mounted."""
    if _can_mount():
        return command

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 4, size // 4))
        command()

    return limited


def _out(one: SmallRun, place: Path) -> Path:
    return place / (one.name.replace(" ", "") + (".csv" if one.file else ""))
