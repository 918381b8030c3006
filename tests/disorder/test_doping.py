"""Doping and variants: neutral, of the asked shares, within the radii, and refused in one line where impossible."""

from __future__ import annotations

from pathlib import Path

import pytest
from cif_texts import FM3M, cif
from typer.testing import CliRunner

from electrolith.cli.app import app
from electrolith.disorder.disordered_cif import disordered_cif
from electrolith.disorder.doping import Doping
from electrolith.disorder.formal_charges import formal_charges
from electrolith.disorder.model_request import Item
from electrolith.disorder.shannon_radii import shannon_radius
from electrolith.disorder.substituting import Substitution, substitution_of
from electrolith.disorder.variants import VariantModels
from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.gen.reading.cif_reader import crystals_of_cif
from electrolith.gen.reading.unreadable import Unreadable

ROCK = cif(FM3M, rows=["Mg1 Mg 0 0 0 1", "O1 O .5 .5 .5 1"], of=(4.2, 4.2, 4.2, 90, 90, 90))
HALF = cif(FM3M, rows=["Li1 Li 0 0 0 .5", "Fe1 Fe 0 0 0 .5", "O1 O .5 .5 .5 1"], of=(4.2, 4.2, 4.2, 90, 90, 90))

BLENDE = cif(
    "_symmetry_space_group_name_H-M 'F -4 3 m'",
    rows=["Zn1 Zn 0 0 0 1", "S1 S .25 .25 .25 1"],
    of=(5.41, 5.41, 5.41, 90, 90, 90),
)


def entry(text: str) -> Crystal | Unreadable:
    (found,) = crystals_of_cif(text, "x")
    return found


def test_a_substitution_is_read_from_its_text() -> None:
    assert substitution_of("Zr:Ta=0.25") == Substitution(40, 73, 0.25)
    assert substitution_of("Zr:Ta=25%").share == pytest.approx(0.25)


@pytest.mark.parametrize("text", ["Zr-Ta", "Zr:Ta", "Zr:Ta=0", "Zr:Ta=2", "Zr:Qq=0.1", "Zr:Ta=1.2.3"])
def test_a_substitution_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        substitution_of(text)


def test_the_compensating_element_makes_the_doped_cell_neutral() -> None:
    host = entry(HALF)
    doped = Doping((Substitution(26, 22, 0.5),), 3)(host)  # Ti4+ for Fe3+: less Li
    assert isinstance(doped, Unreadable)
    assert doped.disordered is not None
    counts = doped.disordered.counts
    assert counts[22] == pytest.approx(1.0)
    assert counts[3] == pytest.approx(1.0)
    assert formal_charges(counts).net(counts) == pytest.approx(0.0, abs=1e-6)


def test_more_ions_than_the_sites_hold_go_into_voids() -> None:
    doped = Doping((Substitution(30, 3, 0.25),), 3)(entry(BLENDE))  # Li+ for Zn2+, and as much again between
    assert isinstance(doped, Unreadable)
    assert doped.disordered is not None
    counts = doped.disordered.counts
    assert formal_charges(counts).net(counts) == pytest.approx(0.0, abs=1e-6)
    assert "voids" in doped.disordered.remarks[-1]


def test_a_crystal_without_voids_is_refused() -> None:
    with pytest.raises(UserError, match="there is no void for them"):
        Doping((Substitution(12, 3, 0.25),), 3)(entry(ROCK))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--substitute", "Zr:Ta=0.25", "--compensate", "Li"], "no site holds Zr"),
        (["--substitute", "Mg:Al=0.25"], "name an element to --compensate"),
        (["--substitute", "Mg:Al=0.25", "--compensate", "Li"], "no site holds Li"),
        (["--substitute", "Mg:Cl=0.25", "--compensate", "Mg"], "cannot replace"),
        (["--substitute", "Mg=0.25"], "write OLD:NEW=SHARE"),
    ],
)
def test_doping_that_is_impossible_is_refused_in_one_line(given: list[str], says: str, tmp_path: Path) -> None:
    path = tmp_path / "rock.cif"
    path.write_text(ROCK)
    done = CliRunner().invoke(app, ["dope", str(path), "-o", str(tmp_path / "out"), "--potential", "none", *given])
    assert done.exit_code == 2
    assert says in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_variants_have_ions_of_the_same_charge_within_the_tolerance() -> None:
    made = VariantModels(tolerance=0.2, exchange=(12,))(Item(0, "rock", entry(ROCK)))
    exchanges = {row["exchange"] for row in made.rows}
    assert "Mg→Ni" in exchanges
    assert "Mg→Ba" not in exchanges
    for text, row in zip(made.cifs, made.rows, strict=True):
        (crystal,) = crystals_of_cif(text, "x")
        assert isinstance(crystal, Crystal)
        assert crystal.formula == row["formula"]


def test_a_disordered_crystal_has_disordered_variants() -> None:
    made = VariantModels(exchange=(26,))(Item(0, "half", entry(HALF)))
    (found, *_) = crystals_of_cif(made.cifs[0], "x")
    assert isinstance(found, Unreadable)
    assert found.disordered is not None


def test_an_ion_without_a_radius_is_refused_where_it_is_to_be_exchanged() -> None:
    text = cif(FM3M, rows=["Li1 Li 0 0 0 1", "H1 H .5 .5 .5 1"], of=(4.1, 4.1, 4.1, 90, 90, 90))
    with pytest.raises(UserError, match="H-1 has no Shannon radius"):
        VariantModels(exchange=(1,))(Item(0, "x", entry(text)))
    assert any("has no Shannon radius and stays" in one for one in VariantModels()(Item(0, "x", entry(text))).remarks)


def test_radii_are_those_of_the_table() -> None:
    assert shannon_radius(3, 1, 6) == pytest.approx(0.76)
    assert shannon_radius(40, 4, 6) == pytest.approx(0.72)
    assert shannon_radius(1, -1, 6) is None


def test_a_disordered_cif_is_read_as_it_was() -> None:
    found = entry(HALF)
    assert isinstance(found, Unreadable)
    assert found.disordered is not None
    again = entry(disordered_cif(found.disordered))
    assert isinstance(again, Unreadable)
    assert again.disordered is not None
    assert again.disordered.counts == pytest.approx(found.disordered.counts)
