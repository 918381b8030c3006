"""Errors of the oracles of moduli on crystals of the test split with known moduli.

Run from the root of the repository: ``python benchmarks/oracle_bias.py`` (hours; ``--quick``: fewer crystals;
``--small``: a minute). A stopped run continues. All but the small run write the factors that correct the oracles:
``src/electrolith/evaluation/oracle_bias.json``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from figures import Figure, folder, options, percent, save
from numpy.typing import NDArray

from electrolith.evaluation.oracle_bias import BIAS, Bias, fit_bias
from electrolith.evaluation.oracle_findings import Finding, FindingJournal
from electrolith.evaluation.oracle_runner import findings_on
from electrolith.evaluation.oracles import BULK, COMPUTED_BY, RELAXED, TENSOR, oracle_key
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.validators.chemistry.anion_families import kind_of

N, QUICK, SMALL = 200, 40, 1
MAX_ATOMS, SMALL_MAX_ATOMS = 20, 2  # in the primitive cell
LEAST, MOST = 1.0, 600.0  # GPa; other labels are wrong
WITHIN = 0.25
SHOWN = {"bulk_modulus": "K", "shear_modulus": "G"}


def known_crystals(
    n: int, split: str = "test", needed: Sequence[str] = tuple(SHOWN), max_atoms: int = MAX_ATOMS
) -> tuple[list[Crystal], dict[str, list[float]]]:
    """Crystals of a split with sound labels of the properties ``needed``, and their moduli, GPa."""
    reference = reference_set()
    labels = {name: reference.property(name) for name in SHOWN}
    able = (reference.split == SPLITS.index(split)) & (reference.n_atoms <= max_atoms)
    for name in needed:
        able &= (labels[name] > LEAST) & (labels[name] < MOST)
    chosen = np.random.default_rng(0).permutation(np.flatnonzero(able))[:n]
    crystals = [crystal_of(reference[int(i)], str(reference.ids[i]), primitive=True) for i in chosen]
    return crystals, {name: values[chosen].tolist() for name, values in labels.items()}


def figures_of(
    key: str, name: str, crystals: Sequence[Crystal], known: Sequence[float], findings: Sequence[Finding]
) -> tuple[list[Figure], Bias]:
    """Error and bias of one oracle for one modulus, before and after the correction that follows from them."""
    rows = [
        (k, f.values[name], kind_of(c.atomic_numbers.tolist()))
        for c, k, f in zip(crystals, known, findings, strict=True)
        if name in f.values
    ]
    k, f, kind = (np.array(column) for column in zip(*rows, strict=True))
    n, bias = len(k), fit_bias(k, f, kind.tolist())
    words = f"{SHOWN[name]} by {key}"
    seconds = np.median([finding.seconds for finding in findings])
    cost = f"{len(known) - n} of {len(known)} could not be computed; {seconds:.0f} s per crystal, without relaxation"
    log = f"mean absolute error of log10: {np.abs(np.log10(f / k)).mean():.3f}"
    figures = [
        Figure(f"{words}: bias: median of computed over known", "", f"{np.median(f / k):.3f}", n, None, cost),
        Figure(f"{words}: mean relative error", "", percent(float(np.abs(f / k - 1).mean())), n, None, log),
        _corrected(f"{words}: mean relative error, corrected by one factor", bias.of_all.factor, k, f),
    ]
    if bias.by_kind:
        factors = np.array([bias.by_kind.get(name, bias.of_all).factor for name in kind.tolist()])
        figures.append(_corrected(f"{words}: mean relative error, corrected by the factor of its kind", factors, k, f))
    for kind_name, part in bias.by_kind.items():
        mine = kind == kind_name
        label = f"{words}: mean relative error of crystals {kind_name}, corrected by their own factor"
        figures.append(_corrected(label, part.factor, k[mine], f[mine]))
    return figures, bias


def _corrected(
    words: str, factor: float | NDArray[np.float64], known: NDArray[np.float64], found: NDArray[np.float64]
) -> Figure:
    left = np.abs(factor * found / known - 1)
    times = f"× {factor:.3f}; " if isinstance(factor, float) else ""
    near = f"within {WITHIN:.0%} of the known value: {percent(float((left <= WITHIN).mean()))}"
    return Figure(words, "", percent(float(left.mean())), len(known), None, times + near)


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--tensors", type=int, help="number of crystals with the whole tensor, the slowest oracle")
    parser.add_argument("--only", choices=(BULK, TENSOR), help="measure one oracle; keep the figures of the other")
    args = parser.parse_args()
    n = SMALL if args.small else QUICK if args.quick else N
    path = folder(args) / "judge.jsonl"
    if args.again:
        path.unlink(missing_ok=True)
    crystals, labels = known_crystals(n, max_atoms=SMALL_MAX_ATOMS if args.small else MAX_ATOMS)
    figures = []
    bias = json.loads(BIAS.read_text(encoding="utf-8")) if args.only else {}
    for oracle, count in ((BULK, n), (TENSOR, min(n, args.tensors or n))):
        if args.only not in (None, oracle):
            continue
        key = oracle_key(oracle)
        findings = findings_on(
            crystals[:count], (RELAXED, key), FindingJournal(path), args.workers,
            lambda done, of, key=key: print(f"{key}: {done} of {of}", flush=True) if done % 10 == 0 else None,
        )  # fmt: skip
        bias[key] = {}
        for name in COMPUTED_BY[oracle]:
            shown, found = figures_of(key, name, crystals[:count], labels[name][:count], [f[key] for f in findings])
            figures += shown
            bias[key][name] = asdict(found)
        save("oracle_bias", figures, args, part=bool(args.only))
    if not args.small:
        BIAS.write_text(json.dumps(bias, indent=1) + "\n", encoding="utf-8")
