"""Machine-learned potentials by name, as ASE calculators.

name          potential                                                     energies
chgnet        CHGNet 0.3.0, Deng et al., Nat. Mach. Intell. 5, 1031, 2023   with the corrections of MP2020
sevenn-0      7net-0, Park et al., J. Chem. Theory Comput. 20, 4857, 2024   raw PBE(+U)
sevenn-l3i5   SevenNet-l3i5, by the same authors                            raw PBE(+U)
nequix:FILE   weights of the package nequix (``nequix_potential``)          as trained

The weights of the first three come with their packages. Never compare energies of different scales. Any other ASE
calculator is named by the function that makes it, ``module:function``. Each calculation uses one thread: more threads
do not make small crystals faster, so many crystals go to several processes instead.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache, wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...gen.errors import UserError, did_you_mean
from ...gen.threads import one_thread
from . import nequix_potential as nequix

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

CHGNET, NEQUIX = "chgnet", "nequix"
MPTRJ = frozenset(range(1, 95)) - frozenset(range(84, 89))  # elements of the data set MPtrj: H to Pu without Po to Ra
INSTALL = 'pip install "electrolith[relax]"'


@dataclass(frozen=True)
class Potential:
    """A potential by name.

    symbol    meaning
    make      makes its ASE calculator; raises ``ImportError`` if its package is not installed
    install   command that installs it
    elements  atomic numbers of the elements it was trained on; None: not known
    """

    make: Callable[[], Any]
    install: str
    elements: frozenset[int] | None = None


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
    CHGNET: Potential(_chgnet, INSTALL, MPTRJ),
    "sevenn-0": Potential(_sevenn("7net-0"), INSTALL, MPTRJ),
    "sevenn-l3i5": Potential(_sevenn("7net-l3i5"), INSTALL, MPTRJ),
}


def potential_named(name: str) -> Potential:
    """The potential of this name. Raises ``UserError`` for an unknown name, and for a bad file of weights."""
    if name in POTENTIALS:
        return POTENTIALS[name]
    module, colon, function = name.partition(":")
    if module == NEQUIX and function:
        file = Path(function)
        return Potential(lambda: nequix.nequix_calculator(file), nequix.INSTALL, nequix.nequix_elements(file))
    if not (colon and module and function):
        hint = did_you_mean(name, POTENTIALS) or f" There are: {', '.join(POTENTIALS)}."
        raise UserError(
            f"No potential is called {name!r}.{hint} Weights of nequix are given as nequix:FILE, any other ASE "
            "calculator as module:function."
        )

    def make() -> Any:
        return getattr(import_module(module), function)()

    return Potential(make, f"install {module.split('.')[0]}")


def strange_elements(crystal: Crystal, potential: str) -> str:
    """Reason why a potential cannot be used for the elements of a crystal, or an empty text."""
    from ase.data import chemical_symbols

    known = potential_named(potential).elements
    strange = sorted({int(z) for z in crystal.atomic_numbers} - known) if known is not None else []
    if not strange or known is None:
        return ""
    highest = max(known)
    absent = ", ".join(chemical_symbols[z] for z in range(1, highest) if z not in known)
    return (
        f"{potential} does not know {', '.join(chemical_symbols[z] for z in strange)}; it knows the elements from H to "
        f"{chemical_symbols[highest]} except {absent}"
    )


@cache
def calculator(name: str) -> Any:
    """The ASE calculator of this name, made once. Raises ``UserError`` if it is not installed."""
    potential = potential_named(name)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):  # potentials print greetings
            warnings.simplefilter("ignore")
            return _single_threaded(potential.make())
    except (ImportError, AttributeError) as error:
        raise UserError(f"The potential {name} is not installed ({error}): {potential.install}") from error


def _single_threaded(made: Any) -> Any:
    """The ASE calculator, whose calculations now use one thread of torch each."""
    calculate = made.calculate

    @wraps(calculate)
    def calculate_in_one_thread(*args: Any, **options: Any) -> None:
        with one_thread("cpu"):
            calculate(*args, **options)

    made.calculate = calculate_in_one_thread
    return made


def atoms_of(crystal: Crystal, potential: str | None = None) -> Any:
    """The crystal as ASE ``Atoms``, with the calculator of a potential if one is named."""
    from ase import Atoms

    atoms = Atoms(crystal.atomic_numbers, cell=crystal.lattice, scaled_positions=crystal.frac_coords, pbc=True)
    if potential is not None:
        atoms.calc = calculator(potential)
    return atoms
