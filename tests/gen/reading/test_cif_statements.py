"""What a file states is compared with its atoms: a contradiction is a refusal that names both."""

from __future__ import annotations

import pytest
from cif_texts import FM3M, cif, crystal, reason

MULTIPLICITY = "label type_symbol symmetry_multiplicity fract_x fract_y fract_z"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("_chemical_formula_sum 'Na Cl2'", ["Na Cl2", "Cl4 Na4"]),
        ("_chemical_formula_sum 'Na Cl O'", ["Na Cl O", "O is not listed"]),
        ("_chemical_formula_sum 'H Na Cl'", ["H Na Cl", "hydrogen is not listed"]),
        ("_chemical_formula_moiety 'Na 1+, 2(Cl 1-)'", ["Na 1+, 2(Cl 1-)", "Cl4 Na4"]),
        ("_chemical_formula_sum 'Na Cl'\n_cell_formula_units_Z 2", ["Z = 2 of Na Cl", "Cl4 Na4"]),
        ("_exptl_crystal_density_diffrn 4.3", ["4.3 g/cm³", "2.164 g/cm³"]),
        ("_exptl_crystal_density_diffrn 2.24", ["2.24 g/cm³", "2.164 g/cm³"]),
        ("_exptl_crystal_density_meas 2.5", ["2.5 g/cm³", "2.164 g/cm³"]),
        ("_cell_formula_units_Z 8", ["Z = 8", "Cl4 Na4"]),
        ("_chemical_formula_weight 60.5\n_cell_formula_units_Z 4", ["weight 60.5", "mass 233.76"]),
        ("_chemical_formula_weight 62", ["weight 62", "mass 233.76"]),
        ("_chemical_formula_structural 'Na Cl H'", ["Na Cl H", "hydrogen is not listed"]),
        ("_chemical_formula_iupac 'Na2 Cl'", ["Na2 Cl", "Cl4 Na4"]),
        ("_chemical_formula_analytical 'Na Cl O'", ["Na Cl O", "O is not listed"]),
        ("_chemical_formula_sum 'NA CL H'", ["NA CL H", "hydrogen is not listed"]),
        ("_chemical_formula_sum 'Na Cl * 2H2 O'", ["Na Cl * 2H2 O", "H O is not listed"]),
        ("_chemical_formula_sum 'Na Cl [?] H'", ["Na Cl [?] H", "H is not listed"]),
        ("_cell_volume 100", ["100 Å³", "179.41 Å³"]),
    ],
)
def test_a_contradiction_is_refused_with_both_values(statement: str, words: list[str]) -> None:
    found = reason(cif(statement, FM3M))
    assert all(word in found for word in words), found


@pytest.mark.parametrize(
    "statement",
    [
        "_chemical_formula_sum 'Cl Na'\n_cell_formula_units_Z 4",
        "_chemical_formula_sum 'Na4 Cl4'\n_cell_formula_units_Z 4",  # as pymatgen writes it
        "_chemical_formula_sum 'Na4 Cl4'\n_cell_formula_units_Z 2",  # of Na2Cl2, as Li2O2 is written
        "_chemical_formula_sum 'Na1.003 Cl1'",
        "_chemical_formula_moiety 'Na 1+, Cl 1-'",
        "_exptl_crystal_density_diffrn 2.16(1)\n_cell_volume 179.4(2)",
        "_exptl_crystal_density_diffrn 2164",
        "_exptl_crystal_density_diffrn 2.2\n_exptl_crystal_density_meas 2.0",
        "_cell_formula_units_Z 4\n_chemical_formula_weight 58.44",
        "_chemical_formula_weight 58.44",
        "_chemical_formula_structural 'Na2 (Cl2)'\n_cell_formula_units_Z 4",
        "_chemical_formula_sum ?\n_cell_formula_units_Z ?\n_cell_volume .",
    ],
)
def test_statements_within_rounding_agree(statement: str) -> None:
    assert len(crystal(cif(statement, FM3M))) == 8


def test_a_formula_that_is_not_understood_is_remarked() -> None:
    assert "is not understood" in crystal(cif("_chemical_formula_sum 'Na Cl x'", FM3M)).remarks[0]


def test_multiplicities_are_numbers_of_images_or_orders_of_site_symmetry() -> None:
    def rows(sodium: int, chlorine: int) -> list[str]:
        return [f"Na1 Na {sodium} 0 0 0", f"Cl1 Cl {chlorine} .5 .5 .5"]

    assert len(crystal(cif(FM3M, rows=rows(4, 4), columns=MULTIPLICITY))) == 8
    assert len(crystal(cif(FM3M, rows=rows(48, 48), columns=MULTIPLICITY))) == 8
    assert "multiplicity 8 of site Cl1" in reason(cif(FM3M, rows=rows(4, 8), columns=MULTIPLICITY))


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("loop_\n_chemical_formula_sum\n'H Li O'\n'Li O'", "Several formulas are stated (H Li O, Li O, …)"),
        ("_cell_formula_units_Z four", "The stated Z four is not a number"),
    ],
)
def test_a_statement_that_is_not_compared_is_remarked(item: str, words: str) -> None:
    (remark,) = crystal(cif(FM3M, item)).remarks
    assert words in remark
