"""Writes benchmarks/README.md from the results of the scripts beside it: ``python benchmarks/make_readme.py``."""

from __future__ import annotations

import json

from figures import HERE, MEASURED

ORDER = (
    "round_trip", "generation", "constraints", "relaxation", "relaxation_speed", "structure_prediction", "surrogate",
    "windows", "stability", "moduli", "conductivity", "screening", "oracle_bias", "generation_bias", "targets",
    "guidance", "finetune",
)  # fmt: skip
HEAD = """# Measured

Made by `python benchmarks/make_readme.py` from the results of the scripts; do not edit. Intervals are 95 % (bootstrap
over crystals; exact binomial where all or none pass). Sameness is pymatgen's StructureMatcher with ltol 0.2, stol 0.3,
angle_tol 5°; symmetry is spglib's. Candidates that fail a check are replaced: the rates before replacement stand in the
remarks.
"""
MARK = {True: "yes", False: "**no**", None: ""}


def main() -> None:
    parts = [HEAD]
    for script in ORDER:
        path = MEASURED / f"{script}.json"
        if not path.exists():
            parts.append(f"## {script.replace('_', ' ')}\n\nNot measured yet: `python benchmarks/{script}.py`.\n")
            continue
        record = json.loads(path.read_text(encoding="utf-8"))
        weights = ", ".join(f"{name} {digits}" for name, digits in record["weights"].items())
        rows = [
            f"| {f['measure']} | {f['bar']} | {f['value']} | {f['n']:,} | {MARK[f['met']]} | {f['remark']} |"
            for f in record["figures"]
        ]
        table = ["| measure | bar | figure | n | met | remarks |", "|---|---|---|---|---|---|", *rows]
        source = f"`{record['command']}`, {record['date']}, commit {record['commit']}. {record['machine']}. {weights}."
        parts.append(f"## {script.replace('_', ' ')}\n\n" + "\n".join(table) + f"\n\n{source}\n")
    account = HERE / "account.md"
    if account.exists():  # what was tried for bars that are missed, written by hand
        parts.append(account.read_text(encoding="utf-8"))
    (HERE / "README.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
