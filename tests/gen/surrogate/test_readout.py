"""Laws of the heads: names follow the stored keys, readouts equal a head of plain layers."""

from __future__ import annotations

import torch

from electrolith.gen.geometry.network_size import NetworkSize
from electrolith.gen.surrogate.orbit_network import MemberHead, OrbitNetwork, SurrogateSize
from electrolith.gen.surrogate.readout import Readout
from electrolith.gen.surrogate.structure_network import StructureHead, StructureNetwork


def test_layers_have_the_numbers_of_their_names_in_the_stored_state() -> None:
    heads = {MemberHead(8, 6): "3.bias", StructureHead(8, 4, 6, 0.0): "6.bias"}
    for head, key in heads.items():
        assert head.key("output", "bias") == key
        assert key in head.state_dict()
        x = torch.randn(5, 8)
        torch.testing.assert_close(head.up_to("output", x), head(x))


def test_a_part_of_a_head_continues_another_part() -> None:
    head = MemberHead(8, 6)
    x = torch.randn(5, 8)
    normed = head.up_to("norm", x)
    torch.testing.assert_close(head.up_to("output", normed, after="norm"), head(x))


def test_a_stored_state_tells_its_numbers_of_properties() -> None:
    orbit = OrbitNetwork(SurrogateSize(width=8, layers=1, heads=2, members=2), count=3, custom=2)
    assert OrbitNetwork.counts_in(orbit.state_dict()) == (3, 2)
    structure = StructureNetwork(NetworkSize(scalars=8, vectors=4, tensors=2, layers=1), count=4)
    assert StructureNetwork.counts_in(structure.state_dict()) == (4, 0)


def test_the_width_of_a_readout_grows_with_the_disagreement_of_its_parts() -> None:
    readout = Readout(3, 1)
    x = torch.randn(6, 3)
    with torch.no_grad():
        agreeing = readout(x)[1]
        readout.bias.copy_(torch.linspace(-1, 1, len(readout.bias))[:, None])
        value, width = readout(x)
    assert (width > agreeing).all()
    torch.testing.assert_close(value, torch.zeros(6, 1), atol=1e-6, rtol=0)  # the mean of the parts
