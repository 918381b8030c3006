"""Generates fluorides with a band gap, and ranks them by their electrochemical window (about a minute).

The recipe needs no interatomic potential; ``electrolyte`` and ``coating`` are the full ones. Run:
``python examples/target_and_screen.py``.
"""

from __future__ import annotations

from electrolith import AtLeast, Generator, Targets, screen

RECIPE = {
    "name": "wide window",
    "description": "Insulating fluorides, the widest window first.",
    "checks": [
        {"check": "structure"},
        {"check": "charge"},
        {"check": "insulation", "at_least": 2.0},
        {"check": "window", "oxidation_at_least": 3.0},
        {"check": "cost", "at_most": None},
    ],
    "rank": [{"by": "window", "order": "high"}, {"by": "cost", "order": "low"}],
}


def main() -> None:
    """Prints the survivors, then the others with the reason."""
    targets = Targets(elements="Li,F", band_gap=AtLeast(4), max_atoms=12)
    crystals = Generator.from_pretrained().generate(6, targets, seed=2)
    for crystal in crystals:
        gap = crystal.predicted["band_gap"]
        print(f"{crystal.id}  {crystal.formula:10s} predicted band gap {gap.value:.1f} ± {gap.spread:.1f} eV")
    for result in screen(crystals, RECIPE):
        print(f"{result.rank or '-'}  {result.id}  {result.formula:10s} {result.reason or 'passed every check'}")


if __name__ == "__main__":
    main()
