"""Robustness: strangers' files, damaged files, kills, shared folders, full disks, and cost of large inputs.

Run from the root of the repository: ``python benchmarks/robustness.py`` (hours; ``--only kills`` runs one part;
``--small``: a minute). Each part is a module of its own, ``robust_*.py``.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from figures import Figure, options, save

PARTS = ("reading", "mutations", "kills", "disks", "growth")

if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--only", choices=PARTS, action="append", help="a part; may be given more than once")
    parser.add_argument("--collections", type=Path, nargs="*", help="folders with more CIFs for the part `reading`")
    args = parser.parse_args()
    figures: list[Figure] = []
    for part in args.only or PARTS:
        for figure in import_module(f"robust_{part}").figures(args):
            figures.append(figure)
            save("robustness", figures, args, part=True)
