"""Shear modulus of crystals generated for one, over the predictions of the surrogates, by potentials.

Run from the root of the repository: ``python benchmarks/generation_bias.py`` (an hour of one core; ``--quick``: fewer
crystals; ``--small``: a minute; ``--only 10 15``: keep the figures of other targets). A stopped run continues.
The potentials are not those of the oracles. First the bias of a potential is measured for each kind of crystal, with
and without anions, on crystals of the training split from soft to stiff. Then crystals generated with another seed
than those of ``targets.py`` are compared with the predictions of the surrogates, by family. All but the small run write
the correction of predictions and targets: ``src/electrolith/generation/bias_correction.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from figures import Figure, folder, options, save
from numpy.typing import NDArray
from oracle_bias import MAX_ATOMS, SMALL_MAX_ATOMS, known_crystals
from process_monitor import SMALL_CELLS, generate

from electrolith.evaluation.oracle_findings import FindingJournal
from electrolith.evaluation.oracle_runner import findings_on
from electrolith.evaluation.oracles import RELAXED, TENSOR, oracle_key
from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.read_crystals import read_crystals
from electrolith.generation.bias_correction import ALL, BIAS_FILE, Curve, curves
from electrolith.prediction.prediction import predict
from electrolith.validators.chemistry.anion_families import FAMILIES, KINDS, WITH_ANIONS, WITHOUT, family_of, kind_of

KNOWN, EACH = 15, 30  # known crystals of each kind, and generated crystals of all kinds, for each target
QUICK, SMALL = (10, 20), (1, 1)
MANY = {10: 4, 15: 4}  # factor on EACH for targets where most crystals have anions, so that each family has some
SOFT, STIFF = "sevenn-0", "chgnet"  # CHGNet fails for a third of soft crystals, and scatters twice as much
POTENTIAL_FOR = {10: SOFT, 15: SOFT, 30: STIFF, 60: STIFF, 120: STIFF}  # by target, GPa
POOL = 200  # known crystals that are searched for each one that is used
USUAL = 60  # GPa: target of the small run, for which nearly all moduli can be computed
NEAR = 1.5  # factor by which the modulus of a known crystal may differ from the target
SEED, SAMPLES = 1, 1000  # of generation; of the bootstrap
PROPERTY = "shear_modulus"
NORMAL = 1.4826  # standard deviation over median absolute deviation of a normal distribution
FEWEST = 8  # crystals; a family with fewer takes the ratio of all crystals with anions, or of all crystals


@dataclass(frozen=True)
class Part:
    """Crystals of one family, of all families with anions, or of all families, generated for one target.

    symbol     meaning                                                               shape
    target     GPa
    predicted  predictions of the surrogates, GPa                                    (n,)
    spreads    of the predictions, decades                                           (n,)
    ratios     log10 of the modulus by the potential, bias corrected, / predicted    (n,)
    unknown    number of crystals without a modulus by the potential
    known      number of crystals of each kind on which the potential was corrected, in words
    """

    target: float
    family: str
    predicted: NDArray[np.float64]
    spreads: NDArray[np.float64]
    ratios: NDArray[np.float64]
    unknown: int
    known: str

    @property
    def wider(self) -> float:
        """Robust scatter of the ratios that the spreads do not explain, decades."""
        scatter = NORMAL * np.median(np.abs(self.ratios - np.median(self.ratios)))
        return float(np.sqrt(max(scatter**2 - np.median(self.spreads**2), 0.0)))


def generated_crystals(target: float, n: int) -> list[Crystal]:
    """Crystals generated for a shear modulus."""
    out = place / f"shear-{target}"
    if args.again or not (out / "generated_crystals.extxyz").exists():
        words = ["-n", str(n), "--seed", str(SEED), "--target", f"{PROPERTY}={target}"]
        words += SMALL_CELLS if args.small else []
        generate(out, [*words, *(["--checkpoint", args.checkpoint] if args.checkpoint else [])])
    return [c for c in read_crystals(out) if isinstance(c, Crystal)]


def moduli_of(crystals: Sequence[Crystal], potential: str) -> NDArray[np.float64]:
    """Shear moduli by a potential, GPa; NaN where it has none."""
    key = oracle_key(TENSOR, potential)
    findings = findings_on(crystals, (RELAXED, key), FindingJournal(place / f"{potential}.jsonl"), args.workers, report)
    return np.array([f[key].values.get(PROPERTY, np.nan) for f in findings])


def report(done: int, of: int) -> None:
    if done % 10 == 0:
        print(f"{done} of {of}", flush=True)


def of_kind(crystals: Sequence[Crystal], kind: str) -> NDArray[np.int64]:
    return np.flatnonzero([kind_of(c.atomic_numbers.tolist()) == kind for c in crystals])


@cache
def factors(potential: str) -> Mapping[str, tuple[float, int]]:
    """Median of known / computed by a potential for each kind, and the number of crystals it comes from.

    The crystals have about the moduli of the targets.
    """
    crystals, labels = known_crystals(
        POOL * n_known, "train", (PROPERTY,), SMALL_MAX_ATOMS if args.small else MAX_ATOMS
    )
    label = np.array(labels[PROPERTY])
    factor = {}
    for kind in KINDS:
        mine = of_kind(crystals, kind)
        near = [mine[np.abs(np.log(label[mine] / target)) < np.log(NEAR)][:n_known] for target in measured]
        chosen = np.unique(np.concatenate(near))
        ratios = label[chosen] / moduli_of([crystals[i] for i in chosen], potential)
        factor[kind] = float(np.nanmedian(ratios)), int(np.isfinite(ratios).sum())
    return factor


def parts_of(target: float) -> list[Part]:
    """Crystals generated for a target, by family and together, with the bias of the potential corrected."""
    times = 1 if args.small else MANY.get(target, 1)
    potential, crystals = POTENTIAL_FOR[target], generated_crystals(target, n_each * times)
    factor = factors(potential)
    corrected = np.array([factor[kind_of(c.atomic_numbers.tolist())][0] for c in crystals])
    corrected = corrected * moduli_of(crystals, potential)
    predictions = [p.values[PROPERTY] for p in predict(crystals, args.checkpoint or "default")]
    predicted, spreads = (np.array([getattr(p, of) for p in predictions]) for of in ("value", "spread"))
    families = np.array([family_of(c.atomic_numbers.tolist()) for c in crystals])
    members = {family: families == family for family in FAMILIES}
    members |= {WITH_ANIONS: families != WITHOUT, ALL: np.ones(len(crystals), dtype=bool)}
    parts = []
    for family, mine in members.items():
        known_here = mine & np.isfinite(corrected)
        kinds = KINDS if family == ALL else (WITHOUT if family == WITHOUT else WITH_ANIONS,)
        known = ", ".join(f"× {factor[k][0]:.3f} {k} ({factor[k][1]})" for k in kinds)
        ratios = np.log10(corrected[known_here] / predicted[known_here])
        unknown, kept = int(mine.sum() - known_here.sum()), (predicted[known_here], spreads[known_here])
        parts.append(Part(target, family, *kept, ratios, unknown, f"{potential}, {known}"))
    return parts


def figure_of(part: Part) -> Figure:
    """Figure of the median ratio, with its bootstrap interval."""
    words = f"shear modulus of crystals generated for {part.target} GPa, {part.family}, over the prediction"
    n = len(part.ratios)
    drawn = np.random.default_rng(0).integers(n, size=(SAMPLES, n))
    low, high = 10 ** np.percentile(np.median(part.ratios[drawn], axis=1), (2.5, 97.5))
    value = f"{10 ** np.median(part.ratios):.3f} ({low:.3f} to {high:.3f})"
    remark = f"scatter beyond the spreads of the predictions {part.wider:.2f} decades; {part.known}"
    return Figure(words, "", value, n, None, f"{remark}; {part.unknown} could not be computed")


def curve_of(family: str, parts: Sequence[Part]) -> Curve:
    """Modulus of the crystals of a family against the median prediction of all crystals of each target.

    Targets that were not measured now keep their values.
    """
    nodes = {target: rest for target, *rest in zip(*curves()[PROPERTY][family].as_mapping().values(), strict=True)}
    for whole in (part for part in parts if part.family == ALL):
        here = {part.family: part for part in parts if part.target == whole.target}
        mine, level = here[family], float(np.median(whole.predicted))
        wider = (mine, whole) if family in (WITHOUT, ALL) else (mine, here[WITH_ANIONS], whole)
        used = next((part for part in wider if len(part.ratios) >= FEWEST), whole)
        nodes[whole.target] = [level, level * 10 ** float(np.median(used.ratios)), used.wider, len(mine.ratios)]
    targets = sorted(nodes)
    return Curve(targets, *(list(column) for column in zip(*(nodes[t] for t in targets), strict=True)))


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--only", nargs="*", type=int, help="targets, GPa; keep the figures of others")
    args = parser.parse_args()
    n_known, n_each = SMALL if args.small else QUICK if args.quick else (KNOWN, EACH)
    place = folder(args) / f"made-{n_each}"
    place.mkdir(exist_ok=True)
    measured = (USUAL,) if args.small else tuple(POTENTIAL_FOR)
    targets = [t for t in measured if t in (args.only or measured)]
    parts = [part for target in targets for part in parts_of(target)]
    figures = [figure_of(part) for part in parts if len(part.ratios)]
    if not args.small:
        found = {PROPERTY: {family: curve_of(family, parts).as_mapping() for family in (*FAMILIES, ALL)}}
        BIAS_FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    save("generation_bias", figures, args, part=bool(args.only))
