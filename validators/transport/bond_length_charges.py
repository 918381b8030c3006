"""Oxidation states of the sites of a crystal by its bond lengths.

The most probable neutral assignment, with the probabilities of pymatgen's ``BVAnalyzer`` (M. O'Keeffe, N. E. Brese,
J. Am. Chem. Soc. 113, 3226, 1991, and the frequencies of ions in the ICSD). Its search visits assignments one by one,
at most 100,000: half a minute where 60 atoms are inequivalent, and then not the best. Here the best one is found for
each total charge, site by site, so that the time grows with the number of sites.

symbol    meaning
q         oxidation state of a site; those of one element differ by at most 1
log p     logarithm of its probability
best      charge of the sites so far → (sum of log p, states of these sites)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pymatgen.core import Structure

FORBIDDEN = ("O-", "P3-")
SAME_SITE = 0.1  # Å, tolerance of the symmetry
LEAST = 0.01  # of the probability of a site's likeliest state

States = tuple[int, ...]
Best = dict[int, tuple[float, States]]


def with_bond_length_charges(structure: Structure) -> Structure:
    """The structure with an oxidation state on each site. Raises ``ValueError`` where none are neutral."""
    from pymatgen.analysis.bond_valence import BV_PARAMS, BVAnalyzer
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

    if strange := sorted(e.symbol for e in structure.elements if e not in BV_PARAMS):
        raise ValueError(f"no bond lengths of {', '.join(strange)} are tabulated")
    analyzer: Any = BVAnalyzer(symm_tol=SAME_SITE, forbidden_species=list(FORBIDDEN))
    orbits = SpacegroupAnalyzer(structure, SAME_SITE).get_symmetrized_structure().equivalent_indices
    choices = []
    for orbit in orbits:
        site = structure[orbit[0]]
        neighbours = structure.get_neighbors(site, analyzer.max_radius)
        choices.append(analyzer._calc_site_probabilities(site, neighbours))  # no public name
    elements = [structure[orbit[0]].specie.symbol for orbit in orbits]
    states = most_probable(elements, [len(orbit) for orbit in orbits], choices)
    by_site = {k: state for orbit, state in zip(orbits, states, strict=True) for k in orbit}
    decorated = structure.copy()
    decorated.add_oxidation_state_by_site([by_site[k] for k in range(len(structure))])
    return decorated


def most_probable(elements: Sequence[str], sizes: Sequence[int], choices: Sequence[Mapping[int, float]]) -> list[int]:
    """The states of orbits that are neutral together and have the largest product of probabilities.

    argument  meaning
    elements  element of each orbit
    sizes     number of its sites
    choices   probability of each of its states

    Raises ``ValueError`` where no states are neutral.
    """
    best: Best = {0: (0.0, ())}
    order: list[int] = []
    for element in dict.fromkeys(elements):
        orbits = [k for k, one in enumerate(elements) if one == element]
        order += orbits
        best = _joined(best, _of_element([sizes[k] for k in orbits], [_likely(choices[k]) for k in orbits]))
    if 0 not in best:
        raise ValueError("no oxidation states that fit its bond lengths are neutral")
    states = dict(zip(order, best[0][1], strict=True))
    return [states[k] for k in range(len(elements))]


def _likely(choice: Mapping[int, float]) -> dict[int, float]:
    """log p of the states that are not far less likely than the likeliest one."""
    highest = max(choice.values(), default=0.0)
    return {int(q): math.log(p) for q, p in choice.items() if p > LEAST * highest}


def _of_element(sizes: Sequence[int], choices: Sequence[Mapping[int, float]]) -> Best:
    """The best states of the orbits of an element by their charge."""
    found: Best = {}
    for low in sorted(set(chain(*choices))):
        best: Best = {0: (0.0, ())}
        for size, choice in zip(sizes, choices, strict=True):
            best = _joined(best, {size * q: (choice[q], (q,)) for q in (low, low + 1) if q in choice})
        for charge, one in best.items():
            found[charge] = max(found.get(charge, one), one)
    return found


def _joined(first: Best, second: Best) -> Best:
    """The best states of both by their charge together."""
    found: Best = {}
    for a, (p, states) in first.items():
        for b, (q, more) in second.items():
            if a + b not in found or p + q > found[a + b][0]:
                found[a + b] = (p + q, states + more)
    return found
