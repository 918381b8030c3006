"""Laws of targets: requests become constraints with the same meaning, or a message that says what to write."""

from __future__ import annotations

import pytest

from electrolith import AtLeast, AtMost, Targets
from electrolith.conditioners import HARD_CONSTRAINTS, target_names
from electrolith.conditioners.aliases import ALIASES
from electrolith.conditioners.element_constraints import RADIOACTIVE, TRAINED_ELEMENTS
from electrolith.conditioners.property_target import PropertyTarget
from electrolith.conditioners.space_group_symbols import space_group_number, space_group_symbol, spaced_symbol
from electrolith.gen.errors import UserError
from electrolith.gen.properties import SHIPPED, Property


def test_no_request_allows_every_known_element_and_at_most_twenty_atoms() -> None:
    constraints = Targets().constraints()
    assert not constraints.space_groups
    assert constraints.allowed == TRAINED_ELEMENTS - RADIOACTIVE
    assert 84 not in TRAINED_ELEMENTS  # polonium occurs in no crystal of the training set
    assert (constraints.min_atoms, constraints.max_atoms) == (1, 20)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (Targets(elements="Li"), set()),
        (Targets(exclude="U"), set()),
        (Targets(elements="Th,O"), {90}),
        (Targets(chemical_system="Pm-Tc"), {43, 61}),
        (Targets(formula="UO2"), {92}),
    ],
)
def test_radioactive_elements_are_left_out_unless_they_are_named(targets: Targets, expected: set[int]) -> None:
    allowed = targets.constraints().allowed
    assert allowed is not None
    assert allowed & RADIOACTIVE == expected


@pytest.mark.parametrize("asked", [225, "225", "Fm-3m", "fm-3m", "F m -3 m", "F 4/m -3 2/m", ["Fm-3m"]])
def test_a_space_group_may_be_written_in_many_ways(asked: object) -> None:
    assert Targets(space_group=asked).constraints().space_groups == (225,)


@pytest.mark.parametrize(
    ("symbol", "number"),
    [("P21/n", 14), ("P2_1/c", 14), ("Pbnm", 62), ("Cmca", 64), ("I2/a", 15), ("R-3m", 166), ("P-1", 2), ("C2", 5)],
)
def test_symbols_of_other_settings_and_older_tables_are_known(symbol: str, number: int) -> None:
    assert space_group_number(symbol) == number


def test_every_group_is_found_by_its_own_symbol() -> None:
    for number in range(1, 231):
        assert space_group_number(space_group_symbol(number)) == number
        assert space_group_number(spaced_symbol(number)) == number


def test_a_crystal_system_is_all_its_groups() -> None:
    assert Targets(crystal_system="cubic").constraints().space_groups == tuple(range(195, 231))
    both = Targets(crystal_system="cubic", space_group="62,221").constraints()
    assert both.space_groups == (221,)


def test_a_chemical_system_is_exact_and_elements_are_at_least() -> None:
    exact = Targets(chemical_system="Li-P-S").constraints()
    assert exact.allowed == exact.required == {3, 15, 16}
    least = Targets(elements="Li,O", exclude="F,Cl").constraints()
    assert least.required == {3, 8}
    assert least.allowed is not None
    assert not least.allowed & {9, 17}
    assert least.allowed >= {3, 8, 15}


def test_a_formula_is_its_elements_and_ratios() -> None:
    constraints = Targets(formula="Li3PS4", z=2).constraints()
    assert constraints.formula == {3: 3, 15: 1, 16: 4}
    assert constraints.z == (2,)
    assert constraints.allowed == {3, 15, 16}


def test_z_counts_formula_units_as_they_are_written() -> None:
    assert Targets(formula="Li2O2", z=2).constraints().z == (4,)
    assert Targets(formula="Li2O2").constraints().formula == {3: 1, 8: 1}


def test_a_large_formula_makes_room_for_itself_unless_a_limit_is_given() -> None:
    assert Targets(formula="Li7La3Zr2O12", z=4).constraints().max_atoms == 96
    assert Targets(formula="Li7La3Zr2O12").constraints().max_atoms == 52
    assert Targets(formula="Li3PS4", space_group=230).constraints().max_atoms == 64
    with pytest.raises(UserError, match="contradicts max_atoms = 20"):
        Targets(formula="Li7La3Zr2O12", max_atoms=20)


def test_numbers_of_atoms_are_a_number_or_a_range() -> None:
    for asked, limits in {"12": (12, 12), "8..16": (8, 16), (8, 16): (8, 16), 30: (30, 30)}.items():
        constraints = Targets(n_atoms=asked).constraints()
        assert (constraints.min_atoms, constraints.max_atoms) == limits


def test_targets_are_read_back_from_their_texts() -> None:
    targets = Targets(
        space_group="Fm-3m,221", elements=["Li", "O"], exclude="F", n_atoms="2..8", max_atoms=20,
        bulk_modulus=(80, 120), shear_modulus=AtLeast(20), energy_above_hull=AtMost(0.05), band_gap=4,
    )  # fmt: skip
    assert Targets.from_mapping(targets.as_mapping()) == targets
    formula = Targets(formula="Li3PS4", z=1)
    assert Targets.from_mapping(formula.as_mapping()) == formula


@pytest.mark.parametrize(
    ("written", "units", "text"),
    [(4, (4,), "4"), ("1, 2,4", (1, 2, 4), "1,2,4"), ("1..4", (1, 2, 3, 4), "1..4"), ([4, 2], (2, 4), "2,4"),
     ("2,4..6", (2, 4, 5, 6), "2,4,5,6")],
)  # fmt: skip
def test_formula_units_are_a_number_a_list_or_a_range(written: object, units: tuple[int, ...], text: str) -> None:
    targets = Targets(formula="Li2O", z=written, max_atoms=20)
    assert targets.constraints().z == units
    assert targets.as_mapping()["z"] == text
    assert Targets.from_mapping(targets.as_mapping()) == targets


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"space_group": 231}, "from 1 to 230"),
        ({"space_group": 0}, "from 1 to 230"),
        ({"space_group": "Fm3m"}, "Did you mean Fm-3m"),
        ({"crystal_system": "cubik"}, "Did you mean cubic"),
        ({"elements": "Li,Xx"}, "not a chemical element"),
        ({"elements": "lithium"}, "Did you mean Li"),
        ({"chemical_system": "Li3PS4"}, "write its elements, Li,P,S"),
        ({"elements": "Li,Po"}, "leave it out"),
        ({"chemical_system": ""}, "at least one element"),
        ({"formula": "Li3PS4", "exclude": "S"}, "contradicts exclude = S"),
        ({"formula": "Li3PS4", "chemical_system": "Li-P"}, "contradicts chemical_system = Li-P"),
        ({"formula": "Li3PS4", "chemical_system": "Li-P-S-Cl"}, "contradicts chemical_system"),
        ({"formula": "Li3PS4", "elements": "Cl"}, "contradicts elements = Cl"),
        ({"formula": "co2"}, "Did you mean CO2 or Co2"),
        ({"formula": "Li0.5CoO2"}, "whole numbers"),
        ({"formula": "Li3PS4", "n_atoms": "9..15"}, "multiples of 8"),
        ({"formula": "Li7La3Zr2O12", "z": 9}, "216 atoms"),
        ({"formula": "Li3PS4", "z": 0}, "from 1"),
        ({"formula": "Li3PS4", "z": "2.."}, "such as 4, 1,2,4 or 1..8"),
        ({"formula": "Li3PS4", "z": "4..2"}, "2..4"),
        ({"formula": "Li3PS4", "z": True}, "such as 4"),
        ({"formula": "Li3PS4", "z": []}, "such as 4"),
        ({"formula": "Li3PS4", "z": 1.5}, "such as 4"),
        ({"z": 2}, "give a formula"),
        ({"elements": "Li,O", "exclude": "O"}, "contradicts elements = Li,O"),
        ({"crystal_system": "cubic", "space_group": 62}, "contradicts space_group = 62"),
        ({"n_atoms": "16..8"}, "8..16"),
        ({"n_atoms": "8..16", "max_atoms": 6}, "contradicts max_atoms = 6"),
        ({"n_atoms": "a"}, "whole number"),
        ({"max_atoms": 0}, "from 1"),
        ({"max_atoms": 300}, "at most 200"),
        ({"chemical_system": "Li-O-P", "n_atoms": 2}, "do not fit"),
        ({"bulk_modulus": -5}, "never negative"),
        ({"bulk_modulus": "200..100"}, "swap"),
        ({"bulk_modulus": "stiff"}, "80..120"),
        ({"bulk_moduls": 5}, "Did you mean bulk_modulus"),
        ({"ionic_conductivity": ">=1e-4", "exclude": "Li"}, "contradicts exclude = Li"),
        ({"ionic_conductivity": ">=1e-4", "chemical_system": "Na-P-S"}, "contradicts chemical_system = Na-P-S"),
        ({"li_barrier": "<=0.5", "formula": "NaCl"}, "it is a property of lithium"),
        ({"bulk_modulus": ">=200", "dft_bulk_modulus": "<=100"}, "no number is at least 200 and at most 100"),
        ({"dft_bulk_modulos": 5}, "Did you mean dft_bulk_modulus"),
        ({"dft_shear_modulus": -5}, "never negative"),
    ],
)
def test_messages_of_mistakes_are_one_line_with_a_remedy(wanted: dict[str, object], says: str) -> None:
    with pytest.raises(UserError) as caught:
        Targets(**wanted)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


def test_a_group_that_cannot_hold_the_formula_is_named_with_groups_that_can() -> None:
    with pytest.raises(UserError, match=r"Ia-3d \(230\) hold Li3PS4 .* from 64 atoms.* nearest groups that can"):
        Targets(formula="Li3PS4", space_group=230, max_atoms=52)
    with pytest.raises(UserError, match=r"P63/mmc \(194\) can from 16 atoms"):
        Targets(formula="Li3PS4", space_group=194, max_atoms=8)


def test_groups_that_cannot_do_are_left_out_when_others_can() -> None:
    assert Targets(formula="Li3PS4", space_group="230,14").constraints().space_groups == (14,)
    assert Targets(space_group="225,230", n_atoms=2).constraints().space_groups == (225,)


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_a_property_under_another_name_is_the_same_target(alias: str) -> None:
    assert ALIASES[alias] in SHIPPED.names
    targets = Targets(**{alias: (3, 5)})
    assert targets == Targets(**{ALIASES[alias]: "3..5"}) == Targets.from_mapping({alias: "3..5"})
    assert Targets(**{alias: ">=3", ALIASES[alias]: "<=5"}) == targets  # both must hold


def test_every_property_of_a_checkpoint_can_be_a_target() -> None:
    custom = SHIPPED.extended([Property("melting_point", "K", 1200.0, 500.0)])
    assert set(custom.names) <= set(target_names(custom))
    assert "melting_point" not in target_names()


def test_every_condition_reads_back_its_own_text() -> None:
    examples = {
        "space_group": "62", "crystal_system": "cubic", "max_atoms": "8", "n_atoms": "2..4", "chemical_system": "Li-O",
        "elements": "Li,O", "exclude": "F", "formula": "Li2O", **dict.fromkeys(SHIPPED.names, "0.5..1.5"),
    }  # fmt: skip
    assert set(examples) == set(target_names()), "give the new condition an example here"
    for name in target_names():
        kind = HARD_CONSTRAINTS.get(name, PropertyTarget)
        condition = kind.parse(name, examples[name])
        assert kind.parse(name, condition.text) == condition


def test_a_custom_property_is_a_target_of_its_own_checkpoint_only() -> None:
    custom = SHIPPED.extended([Property("melting_point", "K", 1200.0, 500.0, low=300.0, high=3000.0)])
    targets = Targets(melting_point=AtLeast(2000), band_gap=4, properties=custom)
    assert [t.name for t in targets.property_targets] == ["band_gap", "melting_point"]  # in the order of the columns
    assert all(2000 <= targets.properties(seed)["melting_point"] <= 2500 for seed in range(50))
    assert Targets.from_mapping(targets.as_mapping(), custom) == targets
    with pytest.raises(UserError, match="a custom property needs its checkpoint"):
        Targets(melting_point=AtLeast(2000))
    with pytest.raises(UserError, match="Did you mean melting_point"):
        Targets(melting_pont=AtLeast(2000), properties=custom)
