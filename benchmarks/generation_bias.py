"""Are crystals made for a shear modulus as stiff as the surrogates foresee? By potentials that judge no target.

Run from the root of the repository: ``python benchmarks/generation_bias.py`` (an hour of one core; ``--quick``: fewer
crystals; ``--small``: a minute; ``--only 10 15``: other numbers stay as measured). It goes on where it was stopped.
First a potential's own bias is measured for each kind of crystal, with anions and without, on crystals of the
training split from soft to stiff; then crystals made with another seed than those of ``targets.py`` are compared with
what the surrogates say of them, family by family. But for the small run, the models are told to aim by what it finds
from then on: ``src/electrolith/generation/bias_correction.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
from figures import Figure, folder, options, save
from numpy.typing import NDArray
from oracle_bias import known_crystals
from process_monitor import generate

from electrolith.evaluation.oracle_runner import FindingJournal, findings_on
from electrolith.evaluation.oracles import RELAXED, TENSOR, key
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.read_crystals import read_crystals
from electrolith.generation.bias_correction import ALL, MADE, Curve, curves
from electrolith.prediction.prediction import predict
from electrolith.validators.chemistry.anion_families import FAMILIES, KINDS, WITH_ANIONS, WITHOUT, family_of, kind_of

KNOWN, EACH = 15, 30  # crystals known of each kind, and made of all, for each number asked for
QUICK, SMALL = (10, 20), (2, 2)
MANY = {10: 4, 15: 4}  # times as many are made where most have anions, so that each family has its share
SOFT, STIFF = "sevenn-0", "chgnet"  # CHGNet cannot tell a third of soft crystals, and scatters twice as much
ASKED = {10: SOFT, 15: SOFT, 30: STIFF, 60: STIFF, 120: STIFF}  # GPa, and who is asked
POOL = 200  # known crystals that are looked at for each
USUAL = 60  # GPa, nearly all of which can be judged: for the small run
NEAR = 1.5  # by which factor the modulus of a known crystal may differ from the number
SEED, SAMPLES = 1, 1000  # of generation; of the bootstrap
PROPERTY = "shear_modulus"
NORMAL = 1.4826  # standard deviation over median absolute deviation of a normal distribution
FEWEST = 8  # crystals of a family without which it counts as all do that have anions, or these as all


@dataclass(frozen=True)
class Part:
    """Crystals of one family, of all with anions, or of all, made for one number.

    symbol    meaning
    asked     GPa
    foreseen  predictions, GPa                                                          (n,)
    spreads   of the predictions, decades                                               (n,)
    ratios    log10 of what they have, by the potential, its bias taken off, over that  (n,)
    unjudged  crystals that the potential can tell nothing of
    known     of each kind crystals on which the potential was corrected, in words
    """

    asked: float
    family: str
    foreseen: NDArray[np.float64]
    spreads: NDArray[np.float64]
    ratios: NDArray[np.float64]
    unjudged: int
    known: str

    @property
    def wider(self) -> float:
        """Scatter of the ratios, decades, that the spreads do not explain; outliers do not count."""
        scatter = NORMAL * np.median(np.abs(self.ratios - np.median(self.ratios)))
        return float(np.sqrt(max(scatter**2 - np.median(self.spreads**2), 0.0)))


def made_crystals(asked: float, n: int) -> list[Crystal]:
    """Crystals made for a shear modulus."""
    out = place / f"shear-{asked}"
    if args.again or not (out / "generated_crystals.extxyz").exists():
        words = ["-n", str(n), "--seed", str(SEED), "--target", f"{PROPERTY}={asked}"]
        generate(out, [*words, *(["--checkpoint", args.checkpoint] if args.checkpoint else [])])
    return [c for c in read_crystals(out) if isinstance(c, Crystal)]


def found_in(crystals: Sequence[Crystal], potential: str) -> NDArray[np.float64]:
    """Shear moduli by a potential, GPa; NaN for crystals that it can tell nothing of."""
    judge = key(TENSOR, potential)
    findings = findings_on(crystals, (RELAXED, judge), FindingJournal(place / f"{potential}.jsonl"), args.workers, say)
    return np.array([f[judge].values.get(PROPERTY, np.nan) for f in findings])


def say(done: int, of: int) -> None:
    if done % 10 == 0:
        print(f"{done} of {of}", flush=True)


def of_kind(crystals: Sequence[Crystal], kind: str) -> NDArray[np.int64]:
    return np.flatnonzero([kind_of(c.atomic_numbers.tolist()) == kind for c in crystals])


@cache
def factors(potential: str) -> Mapping[str, tuple[float, int]]:
    """Of each kind known over found by a potential, and on how many crystals: some about as stiff as each number."""
    crystals, labels = known_crystals(POOL * n_known, "train", (PROPERTY,))
    label = np.array(labels[PROPERTY])
    off = {}
    for kind in KINDS:
        mine = of_kind(crystals, kind)
        near = [mine[np.abs(np.log(label[mine] / asked)) < np.log(NEAR)][:n_known] for asked in measured]
        chosen = np.unique(np.concatenate(near))
        ratios = label[chosen] / found_in([crystals[i] for i in chosen], potential)
        off[kind] = float(np.nanmedian(ratios)), int(np.isfinite(ratios).sum())
    return off


def parts_of(asked: float) -> list[Part]:
    """Crystals made for a number, by family and together, a potential's bias in each kind taken off."""
    times = 1 if args.small else MANY.get(asked, 1)
    potential, made = ASKED[asked], made_crystals(asked, n_each * times)
    off = factors(potential)
    mended = np.array([off[kind_of(c.atomic_numbers.tolist())][0] for c in made]) * found_in(made, potential)
    predicted = [p.values[PROPERTY] for p in predict(made, args.checkpoint or "default")]
    foreseen, spreads = (np.array([getattr(p, of) for p in predicted]) for of in ("value", "spread"))
    families = np.array([family_of(c.atomic_numbers.tolist()) for c in made])
    members = {family: families == family for family in FAMILIES}
    members |= {WITH_ANIONS: families != WITHOUT, ALL: np.ones(len(made), dtype=bool)}
    parts = []
    for family, mine in members.items():
        told = mine & np.isfinite(mended)
        kinds = KINDS if family == ALL else (WITHOUT if family == WITHOUT else WITH_ANIONS,)
        known = ", ".join(f"× {off[k][0]:.3f} {k} ({off[k][1]})" for k in kinds)
        ratios = np.log10(mended[told] / foreseen[told])
        unjudged = int(mine.sum() - told.sum())
        parts.append(Part(asked, family, foreseen[told], spreads[told], ratios, unjudged, f"{potential}, {known}"))
    return parts


def figure_of(part: Part) -> Figure:
    """The median ratio and its interval, by bootstrap."""
    words = f"shear modulus of crystals made for {part.asked} GPa, {part.family}, over what is foreseen"
    n = len(part.ratios)
    drawn = np.random.default_rng(0).integers(n, size=(SAMPLES, n))
    low, high = 10 ** np.percentile(np.median(part.ratios[drawn], axis=1), (2.5, 97.5))
    value = f"{10 ** np.median(part.ratios):.3f} ({low:.3f} to {high:.3f})"
    remark = f"scatter beyond the predictions' own spreads {part.wider:.2f} decades; {part.known}"
    return Figure(words, "", value, n, None, f"{remark}; {part.unjudged} could not be judged")


def curve_of(family: str, parts: Sequence[Part]) -> Curve:
    """What crystals of a family have, at the median of what was foreseen of all that were made for each number.

    Numbers that were not measured now stay as they were.
    """
    nodes = {asked: rest for asked, *rest in zip(*asdict(curves()[PROPERTY][family]).values(), strict=True)}
    for whole in (part for part in parts if part.family == ALL):
        here = {part.family: part for part in parts if part.asked == whole.asked}
        mine, level = here[family], float(np.median(whole.foreseen))
        wider = (mine, whole) if family in (WITHOUT, ALL) else (mine, here[WITH_ANIONS], whole)
        used = next((part for part in wider if len(part.ratios) >= FEWEST), whole)
        nodes[whole.asked] = [level, level * 10 ** float(np.median(used.ratios)), used.wider, len(mine.ratios)]
    asked = sorted(nodes)
    return Curve(asked, *(list(column) for column in zip(*(nodes[a] for a in asked), strict=True)))


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--only", nargs="*", type=int, help="numbers asked for, GPa; others stay as measured")
    args = parser.parse_args()
    n_known, n_each = SMALL if args.small else QUICK if args.quick else (KNOWN, EACH)
    place = folder(args.small) / f"made-{n_each}"
    place.mkdir(exist_ok=True)
    measured = (USUAL,) if args.small else tuple(ASKED)
    asked_for = [a for a in measured if a in (args.only or measured)]
    parts = [part for asked in asked_for for part in parts_of(asked)]
    figures = [figure_of(part) for part in parts if len(part.ratios)]
    if not args.small:
        found = {PROPERTY: {family: asdict(curve_of(family, parts)) for family in (*FAMILIES, ALL)}}
        MADE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    save("generation_bias", figures, args.small, args.checkpoint, part=bool(args.only))
