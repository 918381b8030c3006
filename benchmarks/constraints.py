"""Share of crystals that meet a requested space group, chemical system, element set or formula.

Run from the root of the repository: ``python benchmarks/constraints.py`` (ten minutes; ``--small``: a minute).
"""

from __future__ import annotations

from collections.abc import Callable

from figures import arguments, folder, save, share
from process_monitor import generate
from rejection_rates import rejection_rates

from electrolith.evaluation.metric import share as share_of
from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.read_crystals import read_crystals
from electrolith.validators.structure.symmetry import found_space_group

GROUPS = (62, 194, 225, 14)
CHEMISTRY: dict[str, tuple[list[str], Callable[[set[str], str], bool]]] = {
    "--chemical-system Li-P-S": (["--chemical-system", "Li-P-S"], lambda elements, _: elements == {"Li", "P", "S"}),
    "--elements Li,O --exclude F": (
        ["--elements", "Li,O", "--exclude", "F"],
        lambda elements, _: {"Li", "O"} <= elements and "F" not in elements,
    ),
    "--formula Li3PS4": (["--formula", "Li3PS4"], lambda _, formula: formula == "Li3PS4"),
}

if __name__ == "__main__":
    args = arguments(__doc__ or "")
    place = folder(args)
    n = 2 if args.small else 200
    common = ["-n", str(n), "--seed", "0", *(["--checkpoint", args.checkpoint] if args.checkpoint else [])]
    common += ["--workers", str(args.workers)] if args.workers else []

    def generated(name: str, options: list[str]) -> list[Crystal]:
        """The crystals of a run; a complete earlier run is reused."""
        out = place / name
        if args.again or not (out / "generated_crystals.extxyz").exists():
            generate(out, [*options, *common])
        return [c for c in read_crystals(out / "cifs") if isinstance(c, Crystal)]

    figures = []
    for group in GROUPS[:1] if args.small else GROUPS:
        crystals = generated(f"group{group}", ["--space-group", str(group)])
        flags = [found_space_group(c) == group for c in crystals]
        remark = rejection_rates(place / f"group{group}").words
        figures.append(
            share(
                share_of("x", flags, ""),
                f"`--space-group {group}`: has the requested space group at 0.1 Å",
                0.99,
                remark=remark,
            )
        )
    for k, (words, (options, holds)) in enumerate(list(CHEMISTRY.items())[: 1 if args.small else None]):
        crystals = generated(f"chemistry{k}", options)
        flags = [holds({str(e) for e in c.composition}, c.formula) for c in crystals]
        remark = rejection_rates(place / f"chemistry{k}").words
        figures.append(share(share_of("x", flags, ""), f"`{words}`: constraint met", 1.0, remark=remark))
    save("constraints", figures, args)
