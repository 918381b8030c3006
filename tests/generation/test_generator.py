"""The Python interface: crystals that meet their constraints and depend on the seed alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from run_files import settings

from electrolith import GeneratedCrystal, Generator, Targets
from electrolith.gen.weight_files import save_weights
from electrolith.generation.journal import Journal
from electrolith.generation.stopping import RunFilter


def same(one: GeneratedCrystal, other: GeneratedCrystal) -> bool:
    return (
        one.id == other.id
        and one.seed == other.seed
        and np.array_equal(one.orbits.lattice, other.orbits.lattice)
        and np.array_equal(one.orbits.theta, other.orbits.theta)
        and np.array_equal(one.orbits.elements, other.orbits.elements)
    )


def test_crystals_meet_the_constraints_and_passed_the_checks(generator: Generator) -> None:
    crystals = generator.generate(12, Targets(space_group=225), seed=1)
    assert [c.slot for c in crystals] == list(range(12))
    for crystal in crystals:
        assert crystal.space_group_asked == crystal.space_group_found == crystal.space_group_strict == 225
        assert all(crystal.verdict(name).passed is not False for name in ("finite", "distances", "volume", "charge"))
        assert len(crystal.structure) == len(crystal.crystal)


def test_weights_that_learnt_other_energies_are_reported(generator: Generator, tmp_path: Path) -> None:
    save_weights(
        {"a": torch.ones(2, 2)}, tmp_path / "crystal-surrogate.safetensors", {"width": 2}, ["band_gap"], "legacy"
    )
    with pytest.warns(UserWarning, match="learnt energies of legacy, but the hull of the package"):
        Generator(generator.sampler, tmp_path).generate(1, seed=1)


def test_the_same_seed_gives_the_same_crystals_at_any_batch_size(generator: Generator) -> None:
    one = generator.generate(12, seed=1, batch_size=5)
    other = generator.generate(12, seed=1, batch_size=12)
    assert all(same(a, b) for a, b in zip(one, other, strict=True))
    different = generator.generate(12, seed=2, batch_size=5)
    assert not all(same(a, b) for a, b in zip(one, different, strict=True))


def test_a_longer_run_begins_with_the_shorter_one(generator: Generator) -> None:
    short, long = generator.generate(6, seed=3), generator.generate(15, seed=3)
    assert all(same(a, b) for a, b in zip(short, long[:6], strict=True))


def test_crystals_are_yielded_as_they_are_generated(generator: Generator) -> None:
    stream = generator.stream(50, seed=1, batch_size=2)
    assert next(stream).slot == 0


def test_a_repeated_crystal_is_reported_and_kept(generator: Generator) -> None:
    crystals = generator.generate(40, seed=0)
    answers = [c.verdict("unique").passed for c in crystals]
    assert len(crystals) == 40
    assert answers[0] is True
    assert False in answers  # the script knows a dozen crystals only


def test_slots_without_attempts_left_are_missing_with_a_warning(generator: Generator) -> None:
    with pytest.warns(UserWarning, match="missing"):
        crystals = generator.generate(20, seed=0, max_attempts=1)
    assert 0 < len(crystals) < 20


def test_all_attempts_of_a_crystal_share_one_draw_of_the_targets(generator: Generator) -> None:
    targets = Targets(bulk_modulus=(80, 120))
    crystals = generator.generate(10, targets, seed=0)
    asked = [c.asked["bulk_modulus"] for c in crystals]
    assert len(set(asked)) == 10
    assert all(80 <= value <= 120 for value in asked)
    assert asked == [c.asked["bulk_modulus"] for c in generator.generate(10, targets, seed=0, batch_size=3)]


def test_an_exception_in_a_check_costs_one_candidate(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    from electrolith.generation import acceptance

    calls = iter(range(10_000))
    real = acceptance.standardised

    def breaks(orbits: object) -> object:
        if next(calls) == 0:
            raise RuntimeError("broken")
        return real(orbits)

    monkeypatch.setattr(acceptance, "standardised", breaks)
    crystals = generator.generate(3, seed=0)
    assert [c.slot for c in crystals] == [0, 1, 2]


def test_a_batch_is_read_back_from_the_journal_as_it_was(generator: Generator, tmp_path: Path) -> None:
    six = settings(6, targets={"bulk_modulus": 20}, batch_size=6)
    batch = RunFilter()(next(generator.batches(six)))
    journal = Journal(tmp_path / "journal")
    journal.append(0, batch)
    (again,) = list(journal)
    assert again.rejected == batch.rejected
    assert again.exhausted == batch.exhausted
    for a, b in zip(again.crystals, batch.crystals, strict=True):
        assert same(a, b)
        assert a.verdicts == b.verdicts
        assert a.asked == b.asked
        assert a.predicted == b.predicted
        assert a.predicted


def test_the_verdict_on_a_candidate_depends_on_nothing_else(generator: Generator) -> None:
    from electrolith.gen.sampling.candidate import Candidate
    from electrolith.gen.skeleton.constraints import Constraints
    from electrolith.generation.acceptance import AcceptanceTest, Attempt

    candidates: list[Candidate] = generator.sampler.draw(range(30), Constraints())
    attempts = [Attempt(slot, 0, {}) for slot in range(30)]
    first = [AcceptanceTest()(*pair) for pair in zip(candidates, attempts, strict=True)]
    test = AcceptanceTest()
    again = [test(*pair) for pair in reversed(list(zip(candidates, attempts, strict=True)))][::-1]
    for one, other in zip(first, again, strict=True):
        if isinstance(one, GeneratedCrystal):
            assert isinstance(other, GeneratedCrystal)
            assert same(one, other)
            assert one.verdicts == other.verdicts
        else:
            assert one == other
    assert 0 < sum(isinstance(one, GeneratedCrystal) for one in first) < 30
