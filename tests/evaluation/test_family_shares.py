"""Shares of the families of compounds: counted by hand for a run, and those of the training data for itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from folders import write_run

from electrolith.evaluation import evaluate
from electrolith.evaluation.family_shares import FamilyShare, family_shares, table_of_families, training_shares
from electrolith.gen.crystal import Crystal
from electrolith.validators.chemistry.compound_families import COMPOUND_FAMILIES

Named = Callable[[str], Crystal]
OXIDE, SULFIDE, METAL = {3, 8}, {3, 16, 57}, {29, 79}
CRYSTALS = "id,formula,chemistry_asked\na,Li2O,oxides\nb,Cu3Au,intermetallics\n"
REJECTED = "id,formula,chemistry_asked\na,LiLaS2,oxides\nb,,intermetallics\nc,TcO2,sulfides with f elements\n"


def by_group(rows: tuple[FamilyShare, ...]) -> dict[str, FamilyShare]:
    return {row.group: row for row in rows}


def test_the_shares_of_a_run_count_what_its_tables_hold(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", "{}", CRYSTALS)
    (run / "rejected.csv").write_text(REJECTED)
    for path in (run, run / "cifs"):
        rows = by_group(family_shares([OXIDE, SULFIDE, METAL, METAL], path))
        assert rows["oxides"].delivered == 0.25  # one of the four crystals
        assert rows["oxides"].drawn == 0.5  # Li2O and TcO2 of the four candidates with a formula
        assert rows["oxides"].asked == pytest.approx(1 / 3)  # of a, b and c
        assert rows["with an anion"].asked == pytest.approx(2 / 3)
        assert rows["with an f element"].delivered == rows["with an f element"].drawn == 0.25
        assert rows["with a radioactive element"].drawn == 0.25
        assert rows["intermetallics"].factor == 0.5 / rows["intermetallics"].training


def test_what_no_table_says_is_unknown(tmp_path: Path) -> None:
    rows = family_shares([OXIDE], tmp_path)
    assert all(math.isnan(row.asked) and math.isnan(row.drawn) for row in rows)
    headings = [column.header for column in table_of_families(rows).columns]
    assert headings == ["family", "training", "delivered", "factor"]


def test_the_training_crystals_are_each_in_one_family() -> None:
    shares = training_shares()
    assert sum(shares[family] for family in COMPOUND_FAMILIES) == pytest.approx(1)
    assert 0.2 < shares["with an f element"] < 0.5
    assert shares["with an anion"] == pytest.approx(sum(shares[family] for family in COMPOUND_FAMILIES[:-2]))


def test_an_evaluation_reports_the_families_and_novelty_with_one_lanthanide_for_another(
    tmp_path: Path, crystal_named: Named
) -> None:
    salt = crystal_named("NaCl")

    def with_cation(number: int) -> Crystal:
        numbers = salt.atomic_numbers.copy()
        numbers[numbers == 11] = number
        return Crystal.of(salt.lattice, salt.frac_coords, numbers)

    known = write_run(tmp_path / "known", "{}", a=with_cation(58))
    generated = write_run(tmp_path / "run", "{}", "", a=with_cation(58), b=with_cation(60), c=with_cation(39))
    found = evaluate(generated / "cifs", known / "cifs")
    assert found["frac_novel_structures"].value == pytest.approx(2 / 3)  # NdCl and YCl
    assert found["frac_novel_lanthanides_merged"].value == pytest.approx(1 / 3)  # yttrium is no lanthanide
    assert by_group(tuple(found.families))["chlorides"].delivered == 1
    found.save(tmp_path / "found.json")
    assert '"group": "chlorides"' in (tmp_path / "found.json").read_text()
