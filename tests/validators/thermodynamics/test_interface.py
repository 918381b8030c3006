"""Reactions with the neighbour: pymatgen as the referee, symmetry, compounds that do not react, balanced equations."""

from __future__ import annotations

import pytest
from pymatgen.analysis.interface_reactions import GrandPotentialInterfacialReactivity, InterfacialReactivity
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element

from electrolith.gen.errors import UserError
from electrolith.validators import Verdict, validator
from electrolith.validators.thermodynamics.interface_reactions import worst_mixture
from electrolith.validators.thermodynamics.phase_diagram import known_compounds

PAIRS = [("Li10GeP2S12", "LiCoO2"), ("Li7La3Zr2O12", "Li3PS4"), ("Li3YCl6", "Li"), ("Al2O3", "Li0.5CoO2")]


def interface(formula: str, partner: str | list[str], **options: object) -> Verdict:
    check = validator("interface", partner=partner, **options)
    return check.check_composition(Composition(formula))  # type: ignore[attr-defined]


def energy(one: str, other: str, potential: float | None = None) -> float:
    a, b = Composition(one), Composition(other)
    system = known_compounds().system({3, *(element.Z for element in (*a, *b))})
    return worst_mixture(system, a, b, potential=potential).energy


def diagram(one: str, other: str) -> PhaseDiagram:
    system = known_compounds().system({3, *(element.Z for name in (one, other) for element in Composition(name))})
    elements = [Element.from_Z(int(z)) for z in system.elements]
    compounds = zip(system.counts.T, system.energies, strict=True)
    return PhaseDiagram([PDEntry(Composition(dict(zip(elements, n, strict=True))), e) for n, e in compounds])


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_pymatgen_finds_the_same_worst_mixture(one: str, other: str) -> None:
    referee = InterfacialReactivity(
        Composition(one), Composition(other), diagram(one, other), norm=True, use_hull_energy=True
    )
    assert energy(one, other) == pytest.approx(referee.minimum[1], abs=1e-5)


def test_pymatgen_finds_the_same_worst_mixture_at_a_potential() -> None:
    one, other, potential = "Li10GeP2S12", "LiCoO2", 4.0
    known = diagram(one, other)
    open_to_lithium = GrandPotentialPhaseDiagram(known.all_entries, {Element("Li"): -potential})
    referee = GrandPotentialInterfacialReactivity(
        Composition(one),
        Composition(other),
        open_to_lithium,
        pd_non_grand=known,
        include_no_mixing_energy=False,
        norm=True,
        use_hull_energy=True,
    )
    assert energy(one, other, potential) == pytest.approx(referee.minimum[1], abs=1e-4)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_either_side_may_be_named_first(one: str, other: str) -> None:
    assert energy(one, other) == pytest.approx(energy(other, one), abs=1e-9)


@pytest.mark.parametrize("potential", [None, 0.0, 4.0])
def test_no_compound_reacts_with_itself_or_with_its_decomposition_products(potential: float | None) -> None:
    assert energy("Li10GeP2S12", "Li10GeP2S12", potential) == 0
    assert energy("Li10GeP2S12", "Li3PS4", potential) == 0


@pytest.mark.parametrize("formula", ["LiF", "Li2O", "Li3N", "Li3PO4", "Li6PS5Cl", "Li7La3Zr2O12", "Li3YCl6", "LiAlO2"])
def test_a_compound_reacts_with_lithium_metal_just_when_its_window_does_not_reach_down_to_it(formula: str) -> None:
    edges = validator("window").check_composition(Composition(formula)).details  # type: ignore[attr-defined]
    assert (energy(formula, "Li") < 0) == (edges[0].value > 0)


def test_the_equation_balances() -> None:
    left, right = interface("Li10GeP2S12", "Li").details[1].value.split(" → ")  # type: ignore[union-attr]
    totals = []
    for text in (left, right):
        total = Composition()
        for part in text.split(" + "):
            amount, formula = part.split(" ") if " " in part else ("1", part)
            total += Composition(formula) * float(amount)
        totals.append(total)
    assert totals[0].almost_equals(totals[1], rtol=0.01)


def test_a_thiophosphate_reacts_with_both_electrodes_and_a_fluoride_and_a_phosphate_not_with_the_cathode() -> None:
    for partner in ("lithium metal", "LCO"):
        assert interface("Li10GeP2S12", partner, at_least=-0.3).passed is False
    for formula in ("LiF", "Li3PO4"):
        assert interface(formula, "LiCoO2", at_least=-0.05).passed is True


def test_lithium_metal_is_a_reservoir() -> None:
    reaction = str(interface("Li10GeP2S12", "lithium metal").details[1].value)
    assert "Li15Ge4" in reaction
    assert "Li3P" in reaction
    mixed, full = energy("Li10GeP2S12", "Li"), interface("Li10GeP2S12", "Li").value or 0.0
    assert mixed <= full < 0  # per atom, less metal may gain more
    assert interface("LiF", "Li").value == 0
    assert interface("Li", "Li").value == 0


def test_other_metals_are_reservoirs_of_their_ions() -> None:
    assert interface("NaCl", "sodium metal", mobile_ion="Na").value == 0
    assert (interface("TiO2", "Mg", mobile_ion="Mg").value or 0) < -0.1
    with pytest.raises(UserError, match="Sodium metal fixes the potential at 0 V"):
        validator("interface", partner="Na", potential=1.0, mobile_ion="Na")


def test_the_worst_of_several_partners_counts_and_each_is_reported() -> None:
    verdict = interface("Li3PO4", ["LiCoO2", "Li"])
    assert verdict.value == interface("Li3PO4", "Li").value
    assert [d.name for d in verdict.details if d.unit] == ["with LiCoO2", "with Li"]


def test_a_partner_that_is_not_a_formula_and_impossible_limits_are_refused() -> None:
    with pytest.raises(UserError, match="Did you mean NMC811"):
        validator("interface", partner="NMC81!")
    with pytest.raises(UserError, match="zero or negative"):
        validator("interface", at_least=0.1)
    with pytest.raises(UserError, match="fixes the potential"):
        validator("interface", partner="Li", potential=1.0)
