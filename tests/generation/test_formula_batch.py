"""Laws of structure prediction: the same crystals are merged, the rest is ranked by energy, nothing gets lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from generate_scripted import orbits

from electrolith import GenerationOptions, Generator, Targets
from electrolith.gen.sampling.candidate import Candidate, Relaxation, Relaxed
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.gen.symmetry.orbits import Orbits
from electrolith.generation import formula_batch
from electrolith.generation.formula_batch import FormulaBatches
from electrolith.generation.partition import Partition
from electrolith.generation.records import Batch, GeneratedCrystal, Outcome

# structures of NaCl, with heights in eV/atom as a surrogate predicts and as a potential computes them
ROCK_SALT = orbits(225, (5.64,) * 3, [(0, 11, 0), (1, 17, 0)])
CAESIUM_CHLORIDE = orbits(221, (3.46,) * 3, [(0, 11, 0), (1, 17, 0)])
BLENDE = orbits(216, (6.1,) * 3, [(0, 11, 0), (2, 17, 0)])
KINDS = (CAESIUM_CHLORIDE, BLENDE, ROCK_SALT)
CANDIDATES = 6
PREDICTED, COMPUTED = {225: 0.03, 221: 0.01, 216: 0.2}, {225: -3.4, 221: -3.2, 216: -3.3}


class Polymorphs:
    """Rank k is polymorph k modulo 3, with an edge that its seed changes a little."""

    device = "cpu"
    hashes: Mapping[str, str] = {}

    def draw(self, *_: object, **__: object) -> list[Candidate]:
        raise AssertionError("a formula alone is predicted")

    def predict(
        self, seeds: Sequence[int], ranks: Sequence[int], pool_seed: int, constraints: Constraints, *_: object
    ) -> list[Candidate]:
        edges = [np.random.default_rng(seed).uniform(-0.01, 0.01) for seed in seeds]
        kinds = [KINDS[rank % len(KINDS)] for rank in ranks]
        changed = [replace(o, lattice=o.lattice + np.eye(6)[0] * e) for o, e in zip(kinds, edges, strict=True)]
        return [Candidate(seed, o, -1.0) for seed, o in zip(seeds, changed, strict=True)]


def judged(outcomes: Sequence[Outcome], _: object) -> list[Outcome]:
    return [
        replace(one, height=PREDICTED[one.space_group_asked]) if isinstance(one, GeneratedCrystal) else one
        for one in outcomes
    ]


def relaxed(one: Orbits) -> Relaxed:
    if one.space_group == 216:
        return Relaxed(one, failure="it did not end")
    return Relaxed(one, Relaxation(0.01, COMPUTED[one.space_group], 0.0, "scripted"))


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> Generator:
    monkeypatch.setattr(formula_batch, "CANDIDATES", CANDIDATES)
    monkeypatch.setattr(formula_batch, "SPARE", 1)
    monkeypatch.setattr(formula_batch, "with_heights", judged)
    monkeypatch.setattr(formula_batch, "load_relaxation", lambda: relaxed)
    monkeypatch.setattr("electrolith.generation.generator.load_relaxation", lambda: relaxed)
    return Generator(Polymorphs())  # type: ignore[arg-type]


def batch(generator: Generator, n: int, relax: bool = False) -> Batch:
    options = GenerationOptions(relax=relax, batch_size=n)
    made = FormulaBatches(generator.sampler, acceptance(), Partition(n, n), Targets(formula="NaCl"), options)
    return made(0)


def acceptance() -> formula_batch.AcceptanceTest:
    return formula_batch.AcceptanceTest(["finite", "distances", "volume", "symmetry"])


def test_crystals_are_ranked_by_predicted_energy(generator: Generator) -> None:
    crystals = generator.generate(3, Targets(formula="NaCl"), seed=0)
    assert [one.space_group_asked for one in crystals] == [221, 225, 216]
    assert [one.rank for one in crystals] == [1, 2, 3]
    assert [one.slot for one in crystals] == [0, 1, 2]


def test_candidates_that_are_the_same_crystal_are_merged_and_listed(generator: Generator) -> None:
    found = batch(generator, 3)
    assert [one.merged for one in found.crystals] == [CANDIDATES // 3 - 1] * 3
    assert len(found.crystals) + len(found.rejected) == CANDIDATES
    assert {one.check for one in found.rejected} == {"unique"}
    assert {one.reason for one in found.rejected} == {f"the same as {one.id}" for one in found.crystals}


def test_candidates_beyond_the_last_slot_are_listed_with_their_places(generator: Generator) -> None:
    found = batch(generator, 1)
    assert [one.space_group_asked for one in found.crystals] == [221]
    assert {one.reason for one in found.rejected if one.check == "rank"} == {
        "place 2 of 3 different candidates", "place 3 of 3 different candidates",
    }  # fmt: skip


def test_relaxed_crystals_are_ranked_by_computed_energy(generator: Generator) -> None:
    found = batch(generator, 2, relax=True)
    assert [one.space_group_asked for one in found.crystals] == [225, 221]
    assert [one.relaxation.energy for one in found.crystals if one.relaxation] == [-3.4, -3.2]
    assert "relaxation" in {one.check for one in found.rejected}
    assert len(found.crystals) + len(found.rejected) == CANDIDATES


def test_slots_without_a_different_crystal_get_the_same_ones_last(generator: Generator) -> None:
    found = batch(generator, 5)
    assert [one.space_group_asked for one in found.crystals[:3]] == [221, 225, 216]
    assert [one.rank for one in found.crystals] == [1, 2, 3, 4, 5]
    assert not found.exhausted
    crystals = generator.generate(5, Targets(formula="NaCl"), seed=0)
    verdicts = [one.verdict("unique") for one in crystals]
    assert [verdict.passed for verdict in verdicts if verdict] == [True, True, True, False, False]


def test_a_batch_depends_on_its_number_alone(generator: Generator) -> None:
    options = GenerationOptions(batch_size=2)
    made = FormulaBatches(generator.sampler, acceptance(), Partition(4, 2), Targets(formula="NaCl"), options)
    again = FormulaBatches(generator.sampler, acceptance(), Partition(4, 2), Targets(formula="NaCl"), options)
    for one, other in zip(made(1).crystals, again(1).crystals, strict=True):
        assert np.array_equal(one.orbits.lattice, other.orbits.lattice)
        assert one.slot in (2, 3)
