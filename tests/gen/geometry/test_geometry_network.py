"""The geometry network obeys the symmetries of crystals: exactly by construction, here to 1e-9 in double precision."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import torch
from orbit_batches import batch_of, lattices_of, orbits_in, theta_of
from torch import Tensor

from electrolith.gen.geometry.geometry_network import GeometryNetwork, Output
from electrolith.gen.geometry.graph import build_graph
from electrolith.gen.geometry.network_size import NetworkSize
from electrolith.gen.geometry.orbit_batch import OrbitBatch
from electrolith.gen.properties import SHIPPED
from electrolith.gen.symmetry.lattice import BASIS, FREE
from electrolith.gen.symmetry.orbits import Orbits
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables

GROUPS = (1, 2, 8, 14, 36, 62, 63, 88, 123, 141, 146, 148, 166, 180, 186, 194, 216, 220, 225, 227)
TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-5}


@dataclass(frozen=True)
class Case:
    """A crystal moved off its equilibrium, as the network sees it."""

    skeletons: OrbitBatch
    theta: Tensor
    lattice: Tensor


def case_of(orbits: Orbits, dtype: torch.dtype, seed: int = 0) -> Case:
    skeletons = batch_of([orbits], dtype)
    noise = torch.randn(len(orbits.positions), 3, generator=torch.Generator().manual_seed(seed)).to(dtype)
    theta = theta_of([orbits], dtype) + 0.03 * noise * skeletons.free
    return Case(skeletons, theta, lattices_of([orbits], dtype))


@pytest.fixture(scope="module", params=[torch.float64, torch.float32], ids=["double", "single"])
def network(request: pytest.FixtureRequest) -> GeometryNetwork:
    torch.manual_seed(1)
    return GeometryNetwork(NetworkSize(32, 16, 12, 3)).to(request.param)


@torch.no_grad()
def run(network: GeometryNetwork, case: Case, lattice: Tensor | None = None) -> Output:
    dtype = case.theta.dtype
    c_noise = torch.tensor([[0.3, 0.4]], dtype=dtype)
    targets = torch.full((1, len(SHIPPED)), torch.nan, dtype=dtype)
    graph = build_graph(case.skeletons, case.theta, case.lattice if lattice is None else lattice)
    return network(case.skeletons, graph, c_noise, targets)


def dtype_of(network: GeometryNetwork) -> torch.dtype:
    return next(network.parameters()).dtype


def agree(one: Tensor, other: Tensor) -> bool:
    return bool((one - other).abs().max() < TOLERANCE[one.dtype] * max(1.0, float(one.abs().max())))


@pytest.mark.parametrize("space_group", GROUPS)
def test_orbits_give_the_result_of_the_full_cell(network: GeometryNetwork, space_group: int) -> None:
    case = case_of(orbits_in(space_group), dtype_of(network))
    s = case.skeletons
    by_orbits = run(network, case)
    representative = torch.einsum("mij,mj->mi", s.linear, case.theta) + s.offset
    sites = torch.einsum("nij,nj->ni", s.rotation, representative[s.orbit]) + s.translation
    in_primitive = sites @ torch.linalg.inv(s.primitive[0])
    n = len(sites)
    zero = torch.zeros(n, dtype=torch.long)
    full = OrbitBatch.of(torch.tensor([1]), zero, zero, s.element[s.orbit], case.theta.dtype)
    by_atoms = run(network, Case(full, in_primitive, s.primitive @ case.lattice))
    assert agree(by_orbits.displacement, by_atoms.displacement[s.first])
    assert agree(by_orbits.dilation, by_atoms.dilation)
    free = torch.tensor(FREE[space_group])
    basis = torch.tensor(BASIS, dtype=case.theta.dtype)
    shear = torch.einsum("bij,kij->bk", by_orbits.shear - by_atoms.shear, basis) * free
    assert shear.abs().max() < TOLERANCE[case.theta.dtype]


@pytest.mark.parametrize("space_group", GROUPS)
def test_turning_the_crystal_turns_the_answer(network: GeometryNetwork, space_group: int) -> None:
    case = case_of(orbits_in(space_group), dtype_of(network))
    turn, _ = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(3)).to(case.theta.dtype))
    before, after = run(network, case), run(network, case, case.lattice @ turn)
    assert agree(before.displacement @ turn, after.displacement)
    assert agree(before.dilation, after.dilation)
    assert agree(turn.T @ before.shear @ turn, after.shear)


@pytest.mark.parametrize("space_group", GROUPS)
def test_the_order_of_orbits_does_not_matter(network: GeometryNetwork, space_group: int) -> None:
    orbits = orbits_in(space_group)
    order = torch.randperm(len(orbits.positions), generator=torch.Generator().manual_seed(5)).numpy()
    shuffled = replace(
        orbits, positions=orbits.positions[order], elements=orbits.elements[order], theta=orbits.theta[order]
    )
    case, other = case_of(orbits, dtype_of(network)), case_of(shuffled, dtype_of(network))
    moved = replace(other, theta=case.theta[order])
    before, after = run(network, case), run(network, moved)
    assert agree(before.displacement[order], after.displacement)
    assert agree(before.dilation, after.dilation)


@pytest.mark.parametrize("space_group", [1, 8, 36, 146, 186])
def test_the_origin_on_a_polar_axis_does_not_matter(network: GeometryNetwork, space_group: int) -> None:
    case = case_of(orbits_in(space_group), dtype_of(network))
    shift = torch.tensor([0.137, 0.311, 0.093], dtype=case.theta.dtype) * torch.tensor(
        wyckoff_tables().polar[space_group]
    )
    assert shift.abs().max() > 0
    before, after = run(network, case), run(network, replace(case, theta=case.theta + shift))
    assert agree(before.displacement, after.displacement)
    assert agree(before.shear, after.shear)


def test_the_choice_of_lattice_basis_does_not_matter(network: GeometryNetwork) -> None:
    case = case_of(orbits_in(1), dtype_of(network))
    change = torch.tensor([[1, 1, 0], [0, 1, 0], [1, 0, 1]], dtype=case.theta.dtype)  # unimodular
    other = replace(case, theta=case.theta @ torch.linalg.inv(change), lattice=change @ case.lattice)
    before, after = run(network, case), run(network, other)
    assert agree(before.displacement, after.displacement)
    assert agree(before.dilation, after.dilation)
    assert agree(before.shear, after.shear)


@pytest.mark.parametrize("space_group", [62, 166, 194, 227])
def test_the_choice_of_representative_does_not_matter(network: GeometryNetwork, space_group: int) -> None:
    case = case_of(orbits_in(space_group), dtype_of(network))
    tried = 0
    before = run(network, case)
    for rotation, translation in zip(*_operations(space_group), strict=True):
        sites = torch.einsum("mij,mj->mi", case.skeletons.linear, case.theta) + case.skeletons.offset
        image = sites @ torch.tensor(rotation, dtype=case.theta.dtype).T + torch.tensor(
            translation, dtype=case.theta.dtype
        )
        theta = image - case.skeletons.offset
        back = torch.einsum("mij,mj->mi", case.skeletons.linear, theta * case.skeletons.free) + case.skeletons.offset
        if (image - back - (image - back).round()).abs().max() > 1e-6:
            continue  # this operation leaves the representative form of some position
        after = run(network, replace(case, theta=theta * case.skeletons.free))
        turn = case.lattice[0].T @ torch.tensor(rotation, dtype=case.theta.dtype) @ torch.linalg.inv(case.lattice[0].T)
        assert agree(before.displacement @ turn.T, after.displacement)
        assert agree(before.dilation, after.dilation)
        tried += 1
    assert tried > 1


def _operations(space_group: int) -> tuple[list[list[list[float]]], list[list[float]]]:
    tables = wyckoff_tables()
    general = tables.positions_of(space_group)[-1]
    part = slice(int(tables.op_start[general]), int(tables.op_start[general] + tables.op_count[general]))
    return tables.op_rotation[part].tolist(), tables.op_translation[part].tolist()
