"""Findings are stored, never computed twice, and the same in one process and in several."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from damaged import damaged

from electrolith.evaluation import oracle_runner
from electrolith.evaluation.oracle_findings import JOURNAL, Finding, FindingJournal
from electrolith.evaluation.oracle_runner import findings_on
from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError

Named = Callable[[str], Crystal]


def test_a_killed_evaluation_continues_and_repeats_a_half_written_line_only(
    tmp_path: Path, crystal_named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []

    def counted(crystal: Crystal, keys: tuple[str, ...], known: dict[str, Finding]) -> dict[str, Finding]:
        computed.append(crystal.formula)
        return {k: Finding({"density": crystal.density}) for k in keys}

    monkeypatch.setattr(oracle_runner, "ask_oracles", counted)
    crystals = [crystal_named(name) for name in ("NaCl", "Cu", "Li2O")]
    journal = FindingJournal(tmp_path / JOURNAL)
    first = findings_on(crystals, ("density",), journal, workers=1)
    content = journal.path.read_bytes()
    journal.path.write_bytes(content[:-20])
    computed.clear()
    second = findings_on(crystals, ("density",), journal, workers=1)
    assert computed == ["Li2O"]
    assert [f["density"].values for f in second] == [f["density"].values for f in first]
    assert journal.path.read_bytes() == content
    computed.clear()
    swollen = Crystal.of(1.1 * crystals[0].lattice, crystals[0].frac_coords, crystals[0].atomic_numbers, "NaCl")
    findings_on([swollen], ("density",), journal, workers=1)
    assert computed == ["NaCl"]  # the same name, but another crystal


def test_a_damaged_line_is_a_fault_of_its_file(tmp_path: Path, crystal_named: Named) -> None:
    salt = crystal_named("NaCl")
    arrays = {name: getattr(salt, name).tolist() for name in ("lattice", "frac_coords", "atomic_numbers")}
    journal = FindingJournal(tmp_path / JOURNAL)
    journal.append(salt, {"relaxed": Finding({}, extra={**arrays, "energy": -3.0})})
    for line in damaged(journal.path.read_bytes().strip(), 40):
        journal.path.write_bytes(line.replace(b"\n", b"") + b"\n")
        with suppress(UserError):
            for findings in journal.read().values():
                assert all(len(finding.relaxed) == 8 or finding.reason for finding in findings.values())
    journal.path.write_bytes(b"{}\n")
    with pytest.raises(UserError, match=r"is damaged, .*: 'finding' is missing. Delete its line 1, or the file."):
        journal.read()


def test_processes_give_the_findings_of_one_process(tmp_path: Path, crystal_named: Named) -> None:
    crystals = [crystal_named(name) for name in ("NaCl", "Cu", "Li2O")]
    one, several = (
        findings_on(crystals, ("density",), FindingJournal(tmp_path / f"{workers}.jsonl"), workers)
        for workers in (1, 2)
    )
    assert [f["density"].values for f in several] == [f["density"].values for f in one]


def test_a_crash_keeps_the_answers_that_were_sent_before_it(crystal_named: Named) -> None:
    task = oracle_runner.Task(crystal_named("Cu"), ("density", "barrier"), {})
    density = {"density": Finding({"density": 8.9})}
    _, findings = oracle_runner._after_death(task, [density], "the process died by SIGSEGV")
    assert findings["density"] == density["density"]
    assert findings["barrier"].reason == "the process died by SIGSEGV"
