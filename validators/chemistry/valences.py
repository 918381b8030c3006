"""Charges that a molecule or polyanion may carry with all valences satisfied.

RDKit's ``rdDetermineBonds`` (after Kim and Kim, Bull. Korean Chem. Soc. 36, 1769, 2015) searches, for each charge in
turn, bond orders and formal charges that leave no radical. Ions that it misses (PF6-, TeO6 6-, P4O12 4-) are added by
counting oxidation numbers, and by a short list.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

from .molecules import Molecule

LOWEST_CHARGE, HIGHEST_CHARGE = -8, 2
MAX_ATOMS = 60  # larger molecules have no answer
MAX_ATOMS_RDKIT = 20  # above, RDKit tries too many combinations of valences
MAX_ITERATIONS = 300
MOST_COMBINATIONS = 64
GROUP = {1: 1, 5: 3} | dict.fromkeys((6, 14, 32), 4) | dict.fromkeys((7, 15, 33, 51), 5)
GROUP |= dict.fromkeys((8, 16, 34, 52), 6) | dict.fromkeys((9, 17, 35, 53), 7)
IONS = {z: -1 if z == 1 else -3 if z == 5 else g - 8 for z, g in GROUP.items()}  # as single ions
KNOWN = {"O2": (-1,), "O3": (-1,), "C2": (-2,), "I3": (-1,), "Br3": (-1,), "C3": (-4,)}  # real, unknown to RDKit
HEAVY = 50  # from this atomic number on, lone pairs need no room


@dataclass(frozen=True)
class ChargeState:
    """A possible charge of a molecule (e), the sum of the magnitudes of its formal charges, and its SMILES."""

    charge: int
    strain: int
    smiles: str = ""


@lru_cache(maxsize=50_000)
def charge_states(molecule: Molecule) -> tuple[ChargeState, ...] | None:
    """Possible charges of a finite molecule, most likely first; empty: impossible; None: the molecule is too large."""
    if len(molecule.elements) == 1:
        charge = IONS[molecule.elements[0]]
        return (ChargeState(charge, 0),)
    if len(molecule.elements) > MAX_ATOMS:
        return None
    found = {state.charge: state for state in _by_counting(molecule)}
    if len(molecule.elements) <= MAX_ATOMS_RDKIT:
        found |= {state.charge: state for state in _with_rdkit(molecule)}
    for charge in KNOWN.get(molecule.formula, ()):
        found.setdefault(charge, ChargeState(charge, abs(charge)))
    return tuple(sorted(found.values(), key=lambda s: (s.strain, abs(s.charge))))


def _with_rdkit(molecule: Molecule) -> list[ChargeState]:
    from rdkit import Chem, rdBase
    from rdkit.Chem import rdDetermineBonds

    states = []
    with rdBase.BlockLogs():
        for charge in range(LOWEST_CHARGE, HIGHEST_CHARGE + 1):
            graph = Chem.RWMol()
            for z in molecule.elements:
                graph.AddAtom(Chem.Atom(z))
            for i, j in molecule.bonds:
                graph.AddBond(i, j, Chem.BondType.SINGLE)
            try:
                rdDetermineBonds.DetermineBondOrders(
                    graph, charge=charge, allowChargedFragments=True, embedChiral=False, maxIterations=MAX_ITERATIONS
                )
                Chem.SanitizeMol(graph)
            except Exception:  # noqa: BLE001, S112  RDKit raises many kinds of errors if it finds no bond orders
                continue
            formal = [atom.GetFormalCharge() for atom in graph.GetAtoms()]
            radicals = sum(atom.GetNumRadicalElectrons() for atom in graph.GetAtoms())
            if radicals == 0 and sum(formal) == charge:
                states.append(ChargeState(charge, sum(abs(q) for q in formal), Chem.MolToSmiles(graph)))
    return states


def _by_counting(molecule: Molecule) -> list[ChargeState]:
    """Charges as the sum of oxidation numbers: each bond belongs to its more electronegative atom.

    An atom more electronegative than its neighbours fills its octet. Any other atom is in its highest state or keeps
    lone pairs if there is room (VSEPR), in the same way for all atoms of one element. A bond between two atoms of one
    element belongs to both.
    """
    from ase.data import chemical_symbols
    from pymatgen.core import Element

    negativity = {z: float(Element(chemical_symbols[z]).X) for z in set(molecule.elements)}
    around: list[list[int]] = [[] for _ in molecule.elements]
    for i, j in molecule.bonds:
        around[i].append(molecule.elements[j])
        around[j].append(molecule.elements[i])
    fixed, centres = 0, defaultdict(list)  # charge of the ligands; centres by element
    for z, others in zip(molecule.elements, around, strict=True):
        alike = others.count(z)
        if all(negativity[o] <= negativity[z] for o in others):
            if len(others) > (2 if GROUP[z] == 7 or z == 1 else 4):
                return []
            fixed += min(IONS[z] + alike, 0) if z != 1 else IONS[z] + alike
        else:
            centres[z].append((len(others), alike))
    choices = [_lone_pairs(z, max(n for n, _ in sites)) for z, sites in centres.items()]
    if prod(map(len, choices)) > MOST_COMBINATIONS:
        choices = [c[:1] for c in choices]
    states = []
    for pairs in product(*choices):
        charge = fixed
        for (z, sites), p in zip(centres.items(), pairs, strict=True):
            charge += sum(GROUP[z] - 2 * p - alike for _, alike in sites)
        if charge <= HIGHEST_CHARGE:
            states.append(ChargeState(charge, abs(charge) + sum(pairs)))
    return states


def _lone_pairs(z: int, neighbours: int) -> list[int]:
    """Possible numbers of lone pairs of an atom with this number of neighbours."""
    most = 4 if z < 10 else 7 if z == 53 else 6  # second period; iodine
    room = most if z >= HEAVY or GROUP[z] == 7 else 4  # halogens: ClF3
    return [p for p in range(GROUP[z] // 2 + 1) if neighbours + p <= (room if p else most)]
