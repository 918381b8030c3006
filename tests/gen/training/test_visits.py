"""Laws of the periods in which the geometry model sees crystals."""

from __future__ import annotations

import numpy as np

from electrolith.gen.data.dataset import reference_set
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables
from electrolith.gen.training.visits import Visits


def test_the_period_of_a_crystal_follows_from_its_cell_and_its_free_coordinates() -> None:
    data = reference_set().take(np.arange(0, len(reference_set()), 97))
    period = Visits(rigid=5, few_free=4, many_free=1, medium_cell=2, large_cell=7).of(data)
    for k, crystal in enumerate(data[i] for i in range(len(data))):
        free = int(wyckoff_tables().dof[crystal.positions].sum())
        atoms = int(data.n_atoms[k])
        expected = (5 if free == 0 else 4 if free <= 5 else 1) if atoms <= 20 else 2 if atoms <= 52 else 7
        assert period[k] == expected
    assert set(period) == {1, 2, 4, 5, 7}
