"""Oxidation states and bond-valence parameters of the ions in a crystal.

Oxidation states are those of the bond lengths or, if none of these fit or have parameters, of the composition. The
parameters of softBV (Chen, Wong and Adams, Acta Cryst. B 75, 18, 2019) come from bvlain (A. D. Dembitskiy,
https://github.com/dembart/BVlain; MIT).
"""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import TYPE_CHECKING, Any

from ...gen.errors import UserError
from ..mobile_ions import LITHIUM_ION, MobileIon
from .bond_length_charges import with_bond_length_charges

if TYPE_CHECKING:
    from ...gen.crystal import Crystal


class NoSiteEnergy(ValueError):
    """The site energy of a crystal cannot be computed; the message says why."""


def softbv_parameters(crystal: Crystal, ion: MobileIon = LITHIUM_ION) -> tuple[Any, dict[str, float]]:
    """Parameters of the framework's ions, an ASE ``Atoms`` with one array for each, and of the mobile ion.

    Raises ``NoSiteEnergy``.
    """
    reason = "no oxidation states fit its bond lengths or its composition"
    for with_charges in (with_bond_length_charges, _by_composition):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                charged = with_charges(crystal.structure)
            return parameters_of_charges(charged, ion)
        except NoSiteEnergy as missing:
            reason = str(missing)
        except (KeyError, ValueError):
            continue
    raise NoSiteEnergy(reason)


def parameters_of_charges(charged: Any, ion: MobileIon = LITHIUM_ION) -> tuple[Any, dict[str, float]]:
    """The parameters for a pymatgen structure with oxidation states. Raises ``NoSiteEnergy``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # bvlain imports deprecated names of scipy
            from bvlain import Lain
    except ImportError as error:
        raise UserError("The barrier needs bvlain: pip install 'electrolith[screen]'") from error
    lain = Lain(verbose=False)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        lain.read_structure(charged, oxi_check=False)
        states = lain.atoms_copy.arrays["oxi_states"][lain.atoms_copy.numbers == ion.number]
        if not (states == ion.charge).all():
            raise NoSiteEnergy(f"its {ion.metal} is not {ion.ion} in the oxidation states found")
        try:
            lain._get_params(f"{ion.symbol}{ion.charge}+")
        except KeyError as missing:
            raise NoSiteEnergy("bond-valence parameters are missing for one of its ions") from missing
    return lain.atoms, {"n": float(lain.n_mi), "r_c": float(lain.rc_mi)}


def _by_composition(structure: Any) -> Any:
    """The structure with the most likely integer oxidation states of its composition. Raises ``ValueError`` without."""
    guesses = structure.composition.reduced_composition.oxi_state_guesses()
    whole = [g for g in guesses if all(float(q).is_integer() and q for q in g.values())]
    if not whole:
        raise ValueError("no oxidation states balance")
    decorated = structure.copy()
    decorated.add_oxidation_state_by_element({e: int(q) for e, q in whole[0].items()})
    return decorated
