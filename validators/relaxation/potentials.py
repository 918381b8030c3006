"""Which machine-learned potential gives energies, forces and stresses? By name, as an ASE calculator.

name          potential                                                     energies
chgnet        CHGNet 0.3.0, Deng et al., Nat. Mach. Intell. 5, 1031, 2023   with the corrections of MP2020
sevenn-0      7net-0, Park et al., J. Chem. Theory Comput. 20, 4857, 2024   raw PBE(+U)
sevenn-l3i5   SevenNet-l3i5, of the same authors                            raw PBE(+U)

Their weights come with their packages. Energies of one scale must never be compared with those of the other. Any other
ASE calculator is named by the function that makes it, ``module:function``; its energies are taken as raw.
One thread each: on small crystals none of them gains from more, so many crystals go to several processes.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ...gen.errors import UserError, did_you_mean
from ..check import flaw_of
from ..structure.distances import Distances

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

CHGNET = "chgnet"
ENERGY, POTENTIAL = "energy_per_atom", "potential"  # columns of an input file: eV/atom, and the potential's name
CLOSEST = 0.5  # of the sum of the covalent radii: below, CHGNet has a hole instead of a wall
INSTALL = 'pip install "electrolith[relax]"'


@dataclass(frozen=True)
class Potential:
    """A potential by name.

    symbol     meaning
    make       makes its ASE calculator; raises ``ImportError`` where its package is not installed
    corrected  whether its energies contain the corrections of MP2020
    install    the command that installs it
    """

    make: Callable[[], Any]
    corrected: bool
    install: str


def _chgnet() -> Any:
    from chgnet.model import CHGNet
    from chgnet.model.dynamics import CHGNetCalculator

    model = CHGNet.load(use_device="cpu", verbose=False)
    return CHGNetCalculator(model, use_device="cpu", on_isolated_atoms="ignore")


def _sevenn(weights: str) -> Callable[[], Any]:
    def make() -> Any:
        from sevenn.calculator import SevenNetCalculator

        return SevenNetCalculator(weights, device="cpu")

    return make


POTENTIALS = {
    CHGNET: Potential(_chgnet, True, INSTALL),
    "sevenn-0": Potential(_sevenn("7net-0"), False, INSTALL),
    "sevenn-l3i5": Potential(_sevenn("7net-l3i5"), False, INSTALL),
}


def potential_named(name: str) -> Potential:
    """The potential of that name; raises ``UserError`` for a name that is none."""
    if name in POTENTIALS:
        return POTENTIALS[name]
    module, colon, function = name.partition(":")
    if not (colon and module and function):
        hint = did_you_mean(name, POTENTIALS) or f" There are {', '.join(POTENTIALS)}."
        raise UserError(f"No potential is called {name!r}.{hint} Any ASE calculator can be given as module:function.")

    def make() -> Any:
        return getattr(import_module(module), function)()

    return Potential(make, False, f"install {module.split('.')[0]}")


@cache
def calculator(name: str) -> Any:
    """The ASE calculator of that name, made once; raises ``UserError`` where it is not installed."""
    potential = potential_named(name)
    try:
        import torch

        torch.set_num_threads(1)
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):  # they greet
            warnings.simplefilter("ignore")
            return potential.make()
    except (ImportError, AttributeError) as error:
        raise UserError(f"The potential {name} is not installed ({error}): {potential.install}") from error


def atoms_of(crystal: Crystal, potential: str | None = None) -> Any:
    """The crystal as ASE ``Atoms``, with the potential's calculator if one is named."""
    from ase import Atoms

    atoms = Atoms(crystal.atomic_numbers, cell=crystal.lattice, scaled_positions=crystal.frac_coords, pbc=True)
    if potential is not None:
        atoms.calc = calculator(potential)
    return atoms


def unphysical(crystal: Crystal) -> str:
    """Why no potential should be asked about this crystal, or an empty text.

    Potentials give finite energies for coordinates that are not numbers, and low ones for atoms on top of each other.
    """
    flaw = flaw_of(crystal)
    if flaw:
        return f"not a crystal: {flaw}"
    verdict = Distances(min_fraction=CLOSEST).check(crystal)
    return "" if verdict.passed else verdict.reason


def energy_per_atom(crystal: Crystal, potential: str = CHGNET) -> float:
    """The potential's energy of a crystal as it is, eV/atom; NaN where none should be asked for."""
    if unphysical(crystal):
        return math.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(atoms_of(crystal, potential).get_potential_energy()) / len(crystal)


def known_energy(crystal: Crystal, potential: str) -> float | None:
    """The energy, eV/atom, that an earlier relaxation with this potential found, or the input file gives; or None."""
    found = crystal.findings.energy
    if found is not None:
        return found.per_atom if found.potential == potential else None
    if crystal.info.get(POTENTIAL) == potential and ENERGY in crystal.info:
        return float(crystal.info[ENERGY])
    return None
