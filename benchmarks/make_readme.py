"""Writes benchmarks/README.md from the results of the scripts beside it: ``python benchmarks/make_readme.py``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from figures import HERE, MEASURED, weight_hashes

TITLES = {
    "round_trip": "Crystal to orbits and back",
    "generation": "Generation",
    "constraints": "Constraints",
    "relaxation": "Stability of generated crystals",
    "relaxation_speed": "Speed of relaxation",
    "structure_prediction": "Structure prediction",
    "true_skeletons": "Geometries of true skeletons",
    "large_cells": "Cells of 53 to 200 atoms",
    "surrogate": "Surrogates",
    "windows": "Windows and interfaces",
    "stability": "Formation energies",
    "moduli": "Moduli of known crystals",
    "conductivity": "Conductivity estimate",
    "barrier": "Barriers and measured conductivities",
    "known": "Known compounds in the recipes",
    "recipes": "Compositions of the recipes of targets",
    "screening": "Screening",
    "orderings": "Orderings of disordered crystals",
    "oracle_bias": "Bias of the oracle",
    "generation_bias": "Bias of predictions for generated crystals",
    "targets": "Targets",
    "guidance": "Guidance",
    "finetune": "Custom properties",
    "robustness": "Robustness",
    "house": "Structure of the code",
}
WITHOUT_MODELS = {
    "round_trip",
    "relaxation_speed",
    "windows",
    "stability",
    "moduli",
    "conductivity",
    "barrier",
    "known",
    "oracle_bias",
    "robustness",
    "house",
}
OLDER = " †"
HEAD = """# All figures

Written by `python benchmarks/make_readme.py` from the results of the scripts; do not edit. Meaning of the figures: `docs/results.md`. Experiments: `docs/notebook.md`.

- Intervals are 95 %: bootstrap over crystals; exact binomial where all or none pass.
- Two crystals are the same by pymatgen's StructureMatcher with ltol 0.2, stol 0.3, angle_tol 5°. Symmetry is spglib's.
- Candidates that fail a check are replaced; the rates before replacement are in the remarks.
- The energies of the training data were corrected on 2026-11-27: figures of an earlier date are of version 0.1's data.
- † marks figures measured on older weights than the shipped ones. Sections whose figures do not depend on weights have no mark.
"""  # noqa: E501  one paragraph, one line
MARK = {True: "yes", False: "**no**", None: ""}
Record = Mapping[str, Any]


def text() -> str:
    """Head, contents, then a section for each script."""
    files = {script: MEASURED / f"{script}.json" for script in TITLES}
    records = {s: json.loads(f.read_text(encoding="utf-8")) if f.exists() else None for s, f in files.items()}
    shipped = weight_hashes(None)
    contents = [entry(script, record, shipped) for script, record in records.items()]
    sections = [section(script, record, shipped) for script, record in records.items()]
    parts = [HEAD, "<!-- --8<-- [start:figures] -->\n## Contents\n", "\n".join(contents) + "\n", *sections]
    return "\n".join([*parts, "<!-- --8<-- [end:figures] -->", ""])


def older(script: str, record: Record, shipped: Mapping[str, str]) -> list[str]:
    """The weight files that were others when the script ran."""
    if script in WITHOUT_MODELS:
        return []
    return [name for name, digits in record["weights"].items() if shipped.get(name) != digits]


def entry(script: str, record: Record | None, shipped: Mapping[str, str]) -> str:
    """A line of the contents, with the mark where the weights were others."""
    mark = OLDER if record is not None and older(script, record, shipped) else ""
    return f"- [{TITLES[script]}](#{TITLES[script].lower().replace(' ', '-')}){mark}"


def section(script: str, record: Record | None, shipped: Mapping[str, str]) -> str:
    """A table of figures with where it was measured."""
    if record is None:
        return f"## {TITLES[script]}\n\nNot measured yet: `python benchmarks/{script}.py`.\n"
    rows = [
        f"| {f['measure']} | {f['bar']} | {f['value']} | {f['n']:,} | {MARK[f['met']]} | {f['remark']} |"
        for f in record["figures"]
    ]
    table = ["| measure | goal | figure | n | met | remarks |", "|---|---|---|---|---|---|", *rows]
    weights = ", ".join(f"{name} {digits}" for name, digits in record["weights"].items())
    source = f"`{record['command']}`, {record['date']}, commit {record['commit']}. {record['machine']}. {weights}."
    names = older(script, record, shipped)
    note = f"\n† Measured on older weights than the shipped ones: {', '.join(names)}.\n" if names else ""
    return f"## {TITLES[script]}\n{note}\n" + "\n".join(table) + f"\n\n{source}\n"


if __name__ == "__main__":
    (HERE / "README.md").write_text(text(), encoding="utf-8")
