"""Laws of ``like``: the framework of a file, its neutral infill, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from cif_texts import LI3PS4

from electrolith.conditioners.targets import Targets
from electrolith.gen.errors import UserError
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.generation.framework_charges import neutral_numbers
from electrolith.generation.framework_request import requested_constraints
from electrolith.generation.options import GenerationOptions

LITHIUM, SODIUM, MAGNESIUM, PHOSPHORUS, SULFUR, GERMANIUM = 3, 11, 12, 15, 16, 32


@pytest.fixture
def gamma(tmp_path: Path) -> Path:
    return written(tmp_path)


def written(folder: Path, li: str = "1.0", s: str = "1.0", text: str = LI3PS4) -> Path:
    file = folder / "crystal.cif"
    file.write_text(text.format(li=li, s=s), encoding="utf-8")
    return file


def constraints_for(file: Path, targets: Targets | None = None, **options: str | bool) -> Constraints:
    return requested_constraints(targets or Targets(), GenerationOptions(like=str(file), **options))  # type: ignore[arg-type]


def test_the_framework_is_all_but_the_mobile_ion_and_its_infill_is_neutral(gamma: Path) -> None:
    constraints = constraints_for(gamma)
    framework = constraints.framework
    assert framework is not None
    assert constraints.space_groups == (31,)
    assert framework.composition == {PHOSPHORUS: 2, SULFUR: 8}
    assert framework.infill == {LITHIUM}
    assert framework.sizes == {16}


def test_partly_occupied_places_of_the_mobile_ion_are_drawn_anew(tmp_path: Path) -> None:
    framework = constraints_for(written(tmp_path, li="0.5")).framework
    assert framework is not None
    assert framework.sizes == {16}, "the charge of the framework decides, not the occupancies"


def test_other_ions_take_the_charge_of_those_that_they_replace(gamma: Path) -> None:
    for constraints in (
        constraints_for(gamma, infill="Na"),
        constraints_for(gamma, Targets(chemical_system="Na-P-S")),
    ):
        assert constraints.framework is not None
        assert constraints.framework.infill == {SODIUM}
        assert constraints.framework.sizes == {16}
    assert neutral_numbers({PHOSPHORUS: 2, SULFUR: 8}, {LITHIUM: 6}, MAGNESIUM, 20) == [3]


def test_required_elements_join_the_infill_and_redrawn_ones_leave_the_framework(gamma: Path) -> None:
    framework = constraints_for(gamma, Targets(elements="Ge"), redraw="Li,P").framework
    assert framework is not None
    assert framework.composition == {SULFUR: 8}
    assert framework.infill == {LITHIUM, PHOSPHORUS, GERMANIUM}


REFUSED = {
    "no site holds Na in Li3PS3.94": {"redraw": "Na"},
    "is not a chemical element": {"redraw": "Lithium3"},
    "nothing is left": {"redraw": "Li,P,S"},
    "has space group 31": {"targets": Targets(space_group=225)},
    "its framework holds P": {"targets": Targets(exclude="P")},
    "is excluded by the targets": {"infill": "Na", "targets": Targets(exclude="Na")},
    "cannot hold the new orbits (Mg, 3 atoms for neutral charges)": {"infill": "Mg"},
    "a formula does not go with like": {"targets": Targets(formula="Li3PS4")},
    "its framework has 10 atoms": {"targets": Targets(max_atoms=10)},
    "no number of Li atoms up to 2 balances": {"targets": Targets(max_atoms=12)},
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_no_crystal_can_have_is_refused_in_one_line(message: str, gamma: Path) -> None:
    with pytest.raises(UserError) as refused:
        constraints_for(gamma, **REFUSED[message])  # type: ignore[arg-type]
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_disordered_framework_is_sent_to_order(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a site of the framework is disordered \(S 0\.5\).*electrolith order"):
        constraints_for(written(tmp_path, s="0.5"))


def test_files_without_a_crystal_or_a_mobile_ion_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        constraints_for(tmp_path / "nowhere.cif")
    silver = LI3PS4.replace("Li1 Li", "Ag1 Ag").replace("Li2 Li", "Ag2 Ag")
    with pytest.raises(UserError, match=r"has no mobile ion .*--redraw Ag"):
        constraints_for(written(tmp_path, text=silver))


def test_redraw_and_infill_need_a_crystal() -> None:
    for name in ("redraw", "infill"):
        with pytest.raises(UserError, match=f"{name} needs like"):
            GenerationOptions(**{name: "Li"})
