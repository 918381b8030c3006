"""Draws crystals of a run side by side: ``python examples/picture.py out/demo docs/crystals.png``."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from ase.io import read
from ase.visualize.plot import plot_atoms

SHOWN = 6


def draw(run: Path, picture: Path) -> None:
    """The most symmetric crystals of a run with several elements, in their conventional cells."""
    table = pd.read_csv(run / "crystals.csv")
    table["elements"] = table["orbits"].str.findall(r"([A-Z][a-z]?) \d").map(lambda found: len(set(found)))
    chosen = table[table["elements"] >= 2].sort_values("space_group_asked", ascending=False).head(SHOWN)
    figure, axes = plt.subplots(1, SHOWN, figsize=(3.0 * SHOWN, 3.2), constrained_layout=True)
    for axis, row in zip(axes, chosen.itertuples(), strict=False):
        plot_atoms(read(run / row.file), axis, rotation="-75x,12y,0z", radii=0.4)
        axis.set_title(f"{row.formula}\n{row.symbol} ({row.space_group_asked})", fontsize=11)
    for axis in axes:
        axis.set_axis_off()
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=80)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
