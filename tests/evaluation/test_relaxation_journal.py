"""Relaxed crystals are kept: a stopped evaluation continues, and each potential has its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from electrolith.evaluation import relaxation_journal as kept
from electrolith.evaluation.metric import share
from electrolith.evaluation.side_by_side import BY_RELAXATION, judged_rows, labels_of, suffixed
from electrolith.evaluation.structure_metrics import CrystalMetrics
from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.validators.relaxation.relax import Relaxed

EMT = "ase.calculators.emt:EMT"
FCC = np.array([[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
SWOLLEN = [Crystal.of(a * FCC, [[0, 0, 0]], [29], name=f"Cu {a}") for a in (3.6, 3.7)]
CLASH = Crystal.of(np.eye(3) * 4, [[0, 0, 0], [0.01, 0, 0]], [29, 29], name="clash")
MORE = [*SWOLLEN, CLASH]


def same(one: Relaxed, other: Relaxed) -> bool:
    if one.crystal is None or other.crystal is None:
        return one.crystal is other.crystal and one.failure == other.failure and one.unknown == other.unknown
    return (
        bool((one.crystal.lattice == other.crystal.lattice).all())
        and (one.energy, one.steps, one.converged) == (other.energy, other.steps, other.converged)
    )  # fmt: skip


def test_a_stopped_evaluation_relaxes_only_the_crystals_that_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = kept.journal_of(tmp_path / "result.json")
    first = list(kept.kept_relaxations(MORE, EMT, journal, 1))
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:1]) + lines[1][:30])  # killed while it wrote the second
    relaxed, real = [], kept.relax_crystals
    monkeypatch.setattr(kept, "relax_crystals", lambda c, *more: relaxed.extend(c) or real(c, *more))
    again = list(kept.kept_relaxations(MORE, EMT, journal, 1))
    assert [c.name for c in relaxed] == ["Cu 3.7", "clash"]
    assert all(map(same, first, again))
    assert journal.read_bytes() == b"".join(lines)


def test_the_relaxed_crystals_of_another_potential_are_not_used(tmp_path: Path) -> None:
    journal = tmp_path / "r.jsonl"
    list(kept.kept_relaxations(SWOLLEN, EMT, journal, 1))
    assert len(kept.stored_relaxations(journal, EMT)) == 2
    assert not kept.stored_relaxations(journal, "chgnet")


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"potential": "chgnet"}\n')
    with pytest.raises(UserError, match=r"r\.jsonl is damaged"):
        kept.stored_relaxations(tmp_path / "r.jsonl", "chgnet")


def test_measures_and_columns_of_the_second_potential_carry_its_name() -> None:
    labels = labels_of(["chgnet", "nequix:/some/where/oam.nqx"])
    assert list(labels.values()) == ["chgnet", "oam"]
    measures = [
        m.key for name in labels.values() for m in suffixed([share("stable", [True], "")], name, labels.values())
    ]
    assert measures == ["stable", "stable_oam"]
    row = CrystalMetrics("a", "NaCl", 2, "Na-Cl", *[None] * 9)  # type: ignore[arg-type]
    (one,) = judged_rows({"chgnet": [row], "oam": [row]})
    assert list(one)[-6:] == [f"{name}_oam" for name in BY_RELAXATION]
    assert set(BY_RELAXATION) < set(one)


def test_weights_of_one_name_in_two_folders_keep_their_full_names() -> None:
    assert list(labels_of(["nequix:a/w.nqx", "nequix:b/w.nqx"]).values()) == ["nequix:a/w.nqx", "nequix:b/w.nqx"]
