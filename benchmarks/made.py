"""Are crystals made for a shear modulus as stiff as the surrogates foresee? By CHGNet, which judges no target.

Run from the root of the repository: ``python benchmarks/made.py`` (half an hour of one core; ``--quick``: fewer
crystals; ``--small``: a minute). It goes on where it was stopped. First CHGNet's own bias is measured, on crystals of
the training split whose moduli are known; then crystals made with another seed than those of ``targets.py`` are
compared with what the surrogates say of them. But for the small run, the models are told to aim by what it finds from
then on: ``src/electrolith/made.json``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from figures import Figure, folder, options, save
from judge import SHOWN, known_crystals
from numpy.typing import NDArray
from watched import generate

from electrolith.evaluation.correction import Bias, fitted, kind_of
from electrolith.evaluation.judges import RELAXED, TENSOR, Finding, key
from electrolith.evaluation.judging import Journal, judge_all
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.readers import read_crystals
from electrolith.made import MADE, Curve
from electrolith.prediction import predict

KNOWN, EACH = 120, 60  # crystals known, and made for each number asked for
QUICK, SMALL = (40, 10), (2, 2)
ASKED = (10, 30, 60, 120)  # GPa
SEED = 1
PROPERTY, POTENTIAL = "shear_modulus", "chgnet"
SAMPLES = 1000  # of the bootstrap


def made_crystals(asked: float, n: int) -> list[Crystal]:
    """Crystals made for a shear modulus."""
    out = place / f"shear-{asked}"
    if args.again or not (out / "generated_crystals.extxyz").exists():
        words = ["-n", str(n), "--seed", str(SEED), "--target", f"{PROPERTY}={asked}"]
        generate(out, [*words, *(["--checkpoint", args.checkpoint] if args.checkpoint else [])])
    return [c for c in read_crystals(out) if isinstance(c, Crystal)]


def found_in(crystals: Sequence[Crystal]) -> list[Finding]:
    judge = key(TENSOR, POTENTIAL)
    return [f[judge] for f in judge_all(crystals, (RELAXED, judge), journal, args.workers, say)]


def say(done: int, of: int) -> None:
    if done % 10 == 0:
        print(f"{done} of {of}", flush=True)


def bias_of(name: str, crystals: Sequence[Crystal], label: Sequence[float], findings: Sequence[Finding]) -> Bias:
    """CHGNet's bias in one modulus."""
    told = [
        (k, f.values[name], kind_of(c)) for c, k, f in zip(crystals, label, findings, strict=True) if name in f.values
    ]
    known, found, kinds = zip(*told, strict=True)
    return fitted(known, found, kinds)


def ratios(name: str, bias: Bias, crystals: Sequence[Crystal], findings: Sequence[Finding]) -> NDArray[np.float64]:
    """log10 of what made crystals have over what is foreseen of them, of those that can be told."""
    foreseen = [p.values[name].value for p in predict(crystals, args.checkpoint or "default")]
    three = zip(crystals, findings, foreseen, strict=True)
    return np.log10([bias.of(c).factor * f.values[name] / v for c, f, v in three if name in f.values])


def medians(parts: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The median of each part and its standard error, by bootstrap."""
    rng = np.random.default_rng(0)
    errors = [np.median(x[rng.integers(len(x), size=(SAMPLES, len(x)))], axis=1).std() for x in parts]
    return np.array([np.median(x) for x in parts]), np.array(errors)


def drawn_together(values: NDArray[np.float64], errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values moved towards their mean, as far as their errors account for how they differ (empirical Bayes)."""
    mean = float(np.average(values, weights=errors**-2))
    true = max(float(((values - mean) ** 2).sum() / max(len(values) - 1, 1) - (errors**2).mean()), 0.0)
    return mean + (values - mean) * true / (true + errors**2)


if __name__ == "__main__":
    parser = options(__doc__ or "")
    args = parser.parse_args()
    n_known, n_each = SMALL if args.small else QUICK if args.quick else (KNOWN, EACH)
    place = folder(args.small) / f"made-{n_each}"
    place.mkdir(exist_ok=True)
    journal = Journal(place / f"{POTENTIAL}.jsonl")
    asked_for = ASKED[:1] if args.small else ASKED
    made = [made_crystals(asked, n_each) for asked in asked_for]
    known, labels = known_crystals(n_known, "train", (PROPERTY,))
    of_known, of_made = found_in(known), [found_in(crystals) for crystals in made]
    figures = []
    for name, symbol in SHOWN.items():
        bias = bias_of(name, known, labels[name], of_known)
        parts = [ratios(name, bias, *pair) for pair in zip(made, of_made, strict=True)]
        middle, errors = medians(parts)
        taken = drawn_together(middle, errors)
        for asked, part, ratio, error, used in zip(asked_for, parts, middle, errors, taken, strict=True):
            words = f"{symbol} of crystals made for `{PROPERTY}={asked}` over what is foreseen"
            low, high = 10 ** (ratio - 2 * error), 10 ** (ratio + 2 * error)
            remark = f"{POTENTIAL}, {bias.words}; {n_each - len(part)} of {n_each} could not be judged"
            remark += f"; taken as {10**used:.3f}" if name == PROPERTY else ""
            figures.append(Figure(words, "", f"{10**ratio:.3f} ({low:.3f} to {high:.3f})", len(part), None, remark))
        if name == PROPERTY and not args.small:
            found = [float(a * 10**r) for a, r in zip(ASKED, taken, strict=True)]
            curve = Curve([float(a) for a in ASKED], found, [len(x) for x in parts], bias.of_all.crystals)
            MADE.write_text(json.dumps({name: asdict(curve)}, indent=1) + "\n", encoding="utf-8")
    save("made", figures, args.small, args.checkpoint)
