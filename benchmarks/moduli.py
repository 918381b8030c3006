"""Errors of potentials for the moduli of known crystals: finite strain with relaxed ions, as in the check ``moduli``.

Run from the root of the repository: ``python benchmarks/moduli.py`` (hours, of which ``--quick`` leaves out most;
``--small``: only stored values). Stored values are taken from ``validators/mechanics/moduli_calibration.json``;
``--again`` has no effect.
"""

from __future__ import annotations

from typing import Any

from figures import Figure, arguments, percent, save

from electrolith.validators.mechanics.make_moduli import KNOWN, measured
from electrolith.validators.mechanics.moduli import DEFAULT
from electrolith.validators.relaxation.potentials import POTENTIALS

LARGEST = "Li7La3Zr2O12"  # 96 atoms: hours with the larger potentials; --quick leaves it out


def of_crystal(name: str, table: dict[str, Any]) -> Figure:
    """Moduli of one crystal by each potential."""
    known = KNOWN[name]
    said = [
        f"{potential} {values['computed'][name][0]:.0f} / {values['computed'][name][1]:.0f}"
        for potential, values in table.items()
        if name in values["computed"]
    ]
    missing = [potential for potential, values in table.items() if name not in values["computed"]]
    remark = f"not computed with {', '.join(missing)}" if missing else ""
    return Figure(
        f"K / G of {name}, known {known.bulk:g} / {known.shear:g} GPa", "", "; ".join(said), len(said), None, remark
    )


def of_potential(potential: str, values: dict[str, Any]) -> Figure:
    """Mean errors of one potential."""
    off = f"K {percent(values['bulk_error'])}, G {percent(values['shear_error'])}"
    left = f"K {percent(values['bulk_left'])}, G {percent(values['shear_left'])}"
    factors = f"K × {values['bulk_factor']:.2f}, G × {values['shear_factor']:.2f}"
    spread = f"K {percent(values['bulk_spread'])}, G {percent(values['shear_spread'])}"
    remark = f"{factors} (spread {spread}); remaining error {left} with the factor of the other crystals"
    chosen = "; the default of the check" if potential == DEFAULT else ""
    return Figure(f"mean error with {potential}", "", off, len(values["computed"]), None, remark + chosen)


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    wanted = ["Cu"] if args.small else [name for name in KNOWN if not (args.quick and name == LARGEST)]
    table = measured(wanted, list(POTENTIALS))
    names = [name for name in KNOWN if any(name in values["computed"] for values in table.values())]
    figures = [of_potential(potential, values) for potential, values in table.items()]
    save("moduli", [*figures, *(of_crystal(name, table) for name in names)], args)
