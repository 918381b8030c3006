"""The simplex method of mixtures: the same minima as the general solver, also at vertices and without pure elements."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from electrolith.gen.data.known_compounds import hull_entries
from electrolith.gen.data.mixture_simplex import minimum

SYSTEMS = [(3, 8), (3, 15, 16), (8, 26), (3, 8, 40, 57), (3, 15, 16, 17, 32), (1, 3, 6, 7, 8, 9, 15, 22)]


def amounts_of(elements: tuple[int, ...]) -> list[np.ndarray]:
    """Random compositions, and those of compounds, at which several bases give the same mixture."""
    fractions = hull_entries().system(elements).fractions
    return [
        *np.random.default_rng(0).dirichlet(np.ones(len(elements)), 10),
        *fractions[:, :: max(1, fractions.shape[1] // 10)].T,
    ]


@pytest.mark.parametrize("elements", SYSTEMS, ids=str)
@pytest.mark.parametrize("pure", [True, False], ids=["with pure elements", "without"])
def test_the_minimum_is_that_of_the_general_solver(elements: tuple[int, ...], pure: bool) -> None:
    system = hull_entries().system(elements)
    kept = np.full(len(system.sizes), True) if pure else (system.counts > 0).sum(0) > 1
    costs, columns = system.energy_per_atom[kept], system.fractions[:, kept]
    for amounts in amounts_of(elements):
        found, expected = minimum(costs, columns, amounts), linprog(costs, A_eq=columns, b_eq=amounts, method="highs")
        assert (found is not None) == expected.success
        if found is not None:
            assert found[0] == pytest.approx(expected.fun, abs=1e-9)
            assert columns @ found[1] == pytest.approx(amounts, abs=1e-9)
            assert (found[1] >= 0).all()


@pytest.mark.parametrize("elements", SYSTEMS, ids=str)
@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["taken up", "given up"])
def test_an_exchange_with_a_compound_has_the_minimum_of_the_general_solver(
    elements: tuple[int, ...], sign: float
) -> None:
    system = hull_entries().system(elements)
    exchanged = sign * np.eye(len(elements))[0]  # of the first element
    for amounts in amounts_of(elements):
        costs = np.append(system.energies, -system.mixture(amounts)[0])
        columns = np.column_stack([system.counts, -amounts])
        found, expected = (
            minimum(costs, columns, exchanged),
            linprog(costs, A_eq=columns, b_eq=exchanged, method="highs"),
        )
        assert (found is not None) == expected.success
        if found is not None:
            assert found[0] == pytest.approx(expected.fun, abs=1e-7)
            assert columns @ found[1] == pytest.approx(exchanged, abs=1e-7)


def test_no_minimum_where_amounts_cannot_be_met_or_the_energy_falls_without_end() -> None:
    pure = np.eye(2)
    assert minimum(np.zeros(2), pure, np.array([1.0, -1.0])) is None
    assert minimum(np.array([0.0, 0.0, -1.0]), np.column_stack([pure, [-1.0, -1.0]]), np.ones(2)) is None


def test_the_search_ends_where_steps_change_nothing() -> None:
    """Many compounds of one composition and energy: every step between them is degenerate."""
    columns = np.column_stack([np.eye(3), np.tile([[0.5], [0.5], [0.0]], 50), np.tile([[0.25], [0.25], [0.5]], 50)])
    energy, x = minimum(np.concatenate([np.zeros(3), np.full(100, -1.0)]), columns, np.array([0.5, 0.5, 0.0])) or (
        0,
        [],
    )
    assert energy == pytest.approx(-1.0)
    assert sum(x) == pytest.approx(1.0)
