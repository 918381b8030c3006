"""ASE's effective medium theory as a quick potential for metals; functions that spawned processes can import."""

from __future__ import annotations

from functools import partial

from electrolith.validators.relaxation.relax import relax

EMT = "ase.calculators.emt:EMT"
relax_with_emt = partial(relax, potential=EMT)
