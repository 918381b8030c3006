"""Errors of the formation energies from potentials, against stored ones: of known and of hypothetical crystals.

500 crystals of the test split, and 500 hypothetical ones (WBM: Wang, Botti, Marques, npj Comput. Mater. 7, 12, 2021) in
which one element of a known crystal is another one. The energies are those of the given structures, without relaxation.
Run from the root of the repository: ``python benchmarks/stability.py`` (ten minutes of a core; ``--small``: seconds). A
stopped run continues.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from figures import Figure, folder, number, options, save
from numpy.typing import NDArray

from electrolith.evaluation.metric import mean, median
from electrolith.gen.cell_limits import MAX_TRAINED_ATOMS
from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.errors import UserError
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.gen.threads import one_thread
from electrolith.validators.thermodynamics.energy_journal import energies_of
from electrolith.validators.thermodynamics.formation_energy import formation_energy

N, SMALL_N = 500, 5
NEAR = 0.1  # eV/atom above the hull
POTENTIALS = "chgnet,sevenn-0"
KNOWN, HYPOTHETICAL = "crystals of the test split", "hypothetical crystals"
SEEN = "the potentials were trained on many of these crystals or on crystals like them: expect more for others"


def chosen_rows(kind: str, n: int) -> NDArray[np.int64]:
    """Rows of the reference set."""
    data = reference_set()
    hypothetical = np.char.startswith(data.ids.astype(str), "wbm")
    able = hypothetical if kind == HYPOTHETICAL else ~hypothetical & (data.split == SPLITS.index("test"))
    able &= (data.n_atoms <= MAX_TRAINED_ATOMS) & np.isfinite(data.property("formation_energy_per_atom"))
    return np.random.default_rng(0).permutation(np.flatnonzero(able))[:n]


def errors_of(potential: str, rows: NDArray[np.int64], energies: NDArray[np.float64]) -> list[float]:
    """Absolute errors of the formation energy, eV/atom; NaN where the potential has none."""
    data, found = reference_set(), []
    stored = data.property("formation_energy_per_atom")
    for row, energy in zip(rows, energies, strict=True):
        crystal = crystal_of(data[int(row)], str(data.ids[row]), primitive=True)
        try:
            found.append(abs(formation_energy(crystal, float(energy), potential) - float(stored[row])))
        except KeyError:  # an element without a zero
            found.append(float("nan"))
    return found


def figures_of(potential: str, kind: str, rows: NDArray[np.int64], errors: NDArray[np.float64]) -> Iterator[Figure]:
    """The mean and median errors of one potential for one kind of crystals."""
    words = f"absolute error of formation energies from {potential}, {kind}"
    known = np.isfinite(errors)
    near = known & (reference_set().property("energy_above_hull")[rows] <= NEAR)
    parts = [(mean, known, f"mean {words}", 0.05 if (potential, kind) == ("chgnet", KNOWN) else None)]
    parts += [(median, known, f"median {words}", None)]
    parts += [(mean, near, f"mean {words}, within {NEAR} eV/atom of the hull", None)]
    for statistic, rows_of, text, bar in parts:
        found = statistic("", errors[rows_of].tolist(), "eV/atom", "")
        interval = f"({found.low:.3f} to {found.high:.3f})"
        yield number(text, found.value, "eV/atom", found.n, bar, interval, SEEN if rows_of is known else "")


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--potential", default=POTENTIALS, help=f"names, with commas between them ({POTENTIALS})")
    args = parser.parse_args()
    figures: list[Figure] = []
    journal = folder(args) / "stability-energies.jsonl"
    if args.again:
        journal.unlink(missing_ok=True)
    with one_thread("cpu"):
        for potential in args.potential.split(","):
            for kind in (KNOWN, HYPOTHETICAL):
                rows = chosen_rows(kind, SMALL_N if args.small else N)
                data = reference_set()
                crystals = [crystal_of(data[int(row)], str(data.ids[row]), primitive=True) for row in rows]
                try:
                    energies = energies_of(crystals, potential, journal)
                except UserError as error:
                    if not args.small:
                        raise
                    print(f"left out: {error}")  # not every machine of the tests has every potential
                    break
                figures += figures_of(potential, kind, rows, np.array(errors_of(potential, rows, energies)))
    save("stability", figures, args)
