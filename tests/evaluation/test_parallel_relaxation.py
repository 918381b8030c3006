"""Crystals are relaxed in order for any number of processes, and a crashed process does not end the run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from emt import relax_with_emt

from electrolith.evaluation import parallel_relaxation
from electrolith.evaluation.parallel_relaxation import relax_crystals
from electrolith.gen.crystal import Crystal

Named = Callable[[str], Crystal]


def test_processes_relax_as_one_process_does_and_in_order(crystal_named: Named) -> None:
    copper = crystal_named("Cu")
    swollen = [Crystal.of(copper.lattice * x, copper.frac_coords, copper.atomic_numbers) for x in (1.06, 1.0, 1.02)]
    one, several = (list(relax_crystals(swollen, workers, relax_with_emt)) for workers in (1, 2))
    assert [r.steps for r in several] == [r.steps for r in one]
    for a, b in zip(one, several, strict=True):
        assert a.crystal is not None
        assert b.crystal is not None
        np.testing.assert_allclose(b.crystal.lattice, a.crystal.lattice, atol=1e-9)


def test_a_crystal_that_kills_its_process_counts_as_not_relaxed(crystal_named: Named) -> None:
    position, relaxed = parallel_relaxation._after_death((7, crystal_named("Cu")), [], "the process died by SIGSEGV")
    assert position == 7
    assert relaxed.crystal is None
    assert not relaxed.converged
    assert relaxed.failure == "the process died by SIGSEGV"
