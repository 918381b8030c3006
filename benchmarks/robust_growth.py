"""Robustness, part ``growth``: CPU time a crystal in large inputs against small ones of the same kind.

Crystals: those of the reference set, every second one strained and shaken; and a set of one formula, ABX3, made from
all prototypes with these proportions in the reference set, each with the elements Ca, Ti and O, scaled, strained and
shaken. A small input is the head of the large one. Each step runs in this process: CPU time is that of one core.
Besides, a screening of small cells is interrupted just before its end and resumed.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import TypeAlias
from unittest.mock import patch

import numpy as np
from ase.data import chemical_symbols
from figures import Figure, folder, number

from electrolith.evaluation import evaluate
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import OrbitDataset, reference_set
from electrolith.gen.reading.read_crystals import read_crystals
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.prediction.prediction_table import write_predictions
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening.rank_survivors import rank_results
from electrolith.screening.results import Answer, ScreeningResult
from electrolith.screening.screening_request import ScreeningRequest
from electrolith.screening.screening_run import ScreeningProgress, screen_to_folder
from electrolith.validators.structure.novel import element_counts
from electrolith.validators.verdict import Verdict

FULL, SMALL = (1_000, 10_000), (3, 6)  # crystals of the small and the large input
RESUMED, SMALL_RESUMED = 100_000, 6  # crystals of the run that is resumed
LEFT, LARGEST = 2, 6  # crystals that a killed run has left to do; atoms of its crystals
LONGEST_RESUME = 120.0  # s
MOST = 1.3  # CPU time a crystal in the large input over that in the small one
STRAIN, SHIFT, SCALE = 0.05, 0.1, 0.1  # standard deviations; the shift over (volume per atom)^(1/3)
PROPORTIONS, ELEMENTS, MOST_ATOMS = (1, 1, 3), (20, 22, 8), 40
RANK_SECONDS, RANKED = 2.0, 10_000  # time of all rounds of a ranking, and survivors of a round
SMALL_RANKED = 100
RECIPE = {
    "name": "growth",
    "checks": [{"check": name} for name in ("finite", "distances", "volume", "charge", "unique", "novel")],
    "rank": [{"by": "volume", "order": "low"}, {"by": "distances", "order": "high"}],
}
QUICK_RECIPE = {"name": "quick", "checks": [{"check": "finite"}, {"check": "lithium", "share_at_least": 0.1}]}
Step: TypeAlias = Callable[[Path, int], object]


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    """The figures of this part, each as soon as it is measured."""
    small, large = SMALL if args.small else FULL
    place = folder(args) / "growth"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    known = reference_set()
    mixed = write_extxyz(place / "mixed.extxyz", mixed_crystals(known), large)
    one_formula = write_extxyz(place / "one_formula.extxyz", crystals_of_one_formula(known), large)

    def screen(path: Path, n: int) -> None:
        screen_to_folder(ScreeningRequest((str(path),), find_recipe(RECIPE), n), place / f"{path.stem}-{n}", workers=0)

    def predict(path: Path, n: int) -> None:
        write_predictions(islice(read_crystals(path), n), place / f"{n}.csv", args.checkpoint or "default")

    def evaluated(path: Path, n: int) -> object:
        return evaluate(path, limit=n)

    steps: list[tuple[str, Step, Path]] = [
        ("evaluate", evaluated, mixed),
        ("screen", screen, mixed),
        ("predict", predict, mixed),
        ("evaluate, one formula only", evaluated, one_formula),
        ("screen, one formula only", screen, one_formula),
    ]
    for _, step, path in steps[: 0 if args.small else None]:
        step(path, 2)  # loads weights and tables
    for words, step, path in steps:
        yield growth(words, step, path, small, large)
    rank = partial(ranked, *((0.0, SMALL_RANKED) if args.small else (RANK_SECONDS, RANKED)))
    yield growth("rank", rank, place, small, large)
    yield resumed(place, known, args.small)


def resumed(place: Path, known: OrbitDataset, small: bool) -> Figure:
    """Time from the start of a resumed screening to its first new crystal; a twentieth of the earlier ones survived."""
    n = SMALL_RESUMED if small else RESUMED
    light = known.take(element_counts(known).sum(1) <= LARGEST)
    path = write_extxyz(place / "light.extxyz", mixed_crystals(light), n)
    request = ScreeningRequest((str(path),), find_recipe(QUICK_RECIPE))
    with suppress(KeyboardInterrupt), patch("electrolith.gen.atomic._synchronise"):  # the kill is not what is timed
        screen_to_folder(request, place / "resumed", workers=0, watch=partial(_interrupt, n - LEFT))
    moments = [time.monotonic()]
    screen_to_folder(
        request, place / "resumed", workers=0, resume=True, watch=lambda _: moments.append(time.monotonic())
    )
    start, journal, first = moments[:3]
    end = time.monotonic()
    remark = f"input and journal are read after {journal - start:.0f} s, the run ends after {end - start:.0f} s"
    words = "resuming a screening that has all but two crystals, up to the first new one"
    return number(words, first - start, "s", n, LONGEST_RESUME, remark=remark)


def _interrupt(most: int, progress: ScreeningProgress) -> None:
    if progress.done >= most:
        raise KeyboardInterrupt


def growth(words: str, step: Step, path: Path, small: int, large: int) -> Figure:
    """The growth of the CPU time a crystal of one step."""
    few, many = (cpu_seconds(step, path, n) / n for n in (small, large))
    remark = f"{1000 * few:.3g} ms a crystal for {small:,} crystals, {1000 * many:.3g} ms for {large:,}"
    return number(f"growth of the CPU time a crystal: {words}", many / few, "", large, at_most=MOST, remark=remark)


def cpu_seconds(step: Step, path: Path, n: int) -> float:
    """CPU time of a step with the first n crystals, s; a step that is too short to measure says its own."""
    start = time.process_time()
    own = step(path, n)
    return own if isinstance(own, float) else time.process_time() - start


def ranked(seconds_in_all: float, of_a_round: int, path: Path, n: int) -> float:  # noqa: ARG001
    """CPU time of the ranking of n survivors, s: the shortest of many rounds, since other processes lengthen some.

    A round ranks as many sets as fill ``of_a_round`` survivors, so that small sets leave the cache of the core.
    """
    recipe, sets = find_recipe(RECIPE), [survivors(n, seed) for seed in range(max(1, of_a_round // n))]
    seconds: list[float] = []
    while not seconds or sum(seconds) < seconds_in_all:
        start = time.process_time()
        for results in sets:
            rank_results(results, recipe)
        seconds.append(time.process_time() - start)
    return min(seconds) / len(sets)


def survivors(n: int, seed: int) -> list[ScreeningResult]:
    """Survivors of a screening with two random values each."""
    values = np.random.default_rng(seed).normal(size=(n, 2)).round(3).tolist()
    return [
        ScreeningResult(k, str(k), None, tuple(Answer(name, Verdict(name, True, v), 0.0) for name, v in named.items()))
        for k, named in enumerate({"volume": a, "distances": b} for a, b in values)
    ]


def mixed_crystals(known: OrbitDataset) -> Iterator[Crystal]:
    """Crystals of the reference set in random order, every second one strained and shaken."""
    random = np.random.default_rng(0)
    for k, index in enumerate(cycle(random.permutation(len(known)).tolist())):
        crystal = crystal_of(known[index], str(known.ids[index]), primitive=True)
        yield shaken(crystal, random) if k % 2 else crystal


def crystals_of_one_formula(known: OrbitDataset) -> Iterator[Crystal]:
    """Prototypes with the proportions of the formula in random order, with its elements, scaled, strained, shaken."""
    random = np.random.default_rng(1)
    counts = element_counts(known)
    fitting = [k for k in np.flatnonzero(counts.sum(1) <= MOST_ATOMS).tolist() if _has_proportions(counts[k])]
    for index in cycle(random.permutation(fitting).tolist()):
        crystal = crystal_of(known[index], str(known.ids[index]), primitive=True)
        numbers, amounts = np.unique(crystal.atomic_numbers, return_counts=True)
        new = dict(zip(numbers[np.argsort(amounts, kind="stable")].tolist(), ELEMENTS, strict=True))
        decorated = replace(crystal, atomic_numbers=np.array([new[z] for z in crystal.atomic_numbers.tolist()]))
        yield shaken(decorated, random)


def _has_proportions(counts: np.ndarray) -> bool:
    amounts = np.sort(counts[counts > 0])
    return amounts.size == len(PROPORTIONS) and bool((amounts == amounts[0] * np.array(PROPORTIONS)).all())


def shaken(crystal: Crystal, random: np.random.Generator) -> Crystal:
    """The crystal scaled, strained, and with its atoms moved."""
    scale = float(np.exp(SCALE * random.normal()))
    lattice = scale * crystal.lattice @ (np.eye(3) + STRAIN * random.normal(size=(3, 3)))
    size = (crystal.volume / len(crystal)) ** (1 / 3)
    moves = SHIFT * size * random.normal(size=(len(crystal), 3)) @ np.linalg.inv(crystal.lattice)
    return crystal.in_cell(lattice, crystal.frac_coords + moves, crystal.atomic_numbers)


def write_extxyz(path: Path, crystals: Iterator[Crystal], n: int) -> Path:
    """The first n crystals as one file."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(frame(crystal, k) for k, crystal in enumerate(islice(crystals, n)))
    return path


def frame(crystal: Crystal, k: int) -> str:
    """A crystal in extended XYZ, positions in Å."""
    cell = " ".join(f"{x:.8f}" for x in crystal.lattice.ravel())
    lines = [f"{len(crystal)}", f'Lattice="{cell}" Properties=species:S:1:pos:R:3 id=c{k} pbc="T T T"']
    lines += _sites(crystal.atomic_numbers.tolist(), (crystal.frac_coords @ crystal.lattice).tolist())
    return "\n".join(lines) + "\n"


def _sites(numbers: Sequence[int], positions: Sequence[Sequence[float]]) -> list[str]:
    return [f"{chemical_symbols[z]} {x:.8f} {y:.8f} {w:.8f}" for z, (x, y, w) in zip(numbers, positions, strict=True)]
