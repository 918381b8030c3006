"""The model card: what the surrogates know of each property, and how many predictions trained the skeleton model."""

from __future__ import annotations

from dataclasses import replace

from electrolith.gen.properties import SHIPPED
from electrolith.gen.surrogate.make_model_card import with_predicted_before
from electrolith.gen.surrogate.model_card import load_card
from electrolith.gen.weight_folders import DEFAULT_FOLDER


def test_the_shipped_card_has_every_property_but_the_density() -> None:
    card = load_card(DEFAULT_FOLDER)
    assert card is not None
    assert {*card.known, "density"} == {*SHIPPED.names}


def test_a_new_card_keeps_the_numbers_of_predictions_and_properties_that_have_nothing_else() -> None:
    card = load_card(DEFAULT_FOLDER)
    assert card is not None
    name, alone = "bulk_modulus", "ionic_conductivity"
    before = {
        name: replace(card.known[name], labels={"computed": 1, "predicted": 7}, error=9.0),
        alone: card.known[alone],
    }
    new = {name: replace(card.known[name], labels={"computed": 2}, error=0.5)}
    found = with_predicted_before(new, before)
    assert found[name] == replace(new[name], labels={"computed": 2, "predicted": 7})
    assert found[alone] == before[alone]
    assert with_predicted_before(new, {}) == new
