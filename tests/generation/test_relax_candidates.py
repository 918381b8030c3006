"""``generate --relax``: checks, predictions and files refer to the relaxed crystal, which keeps its space group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from generate_scripted import KNOWN, Scripted
from killing import killed_after
from run_files import rows, settings
from typer.testing import CliRunner

from electrolith import Generator, Targets
from electrolith.cli.app import app
from electrolith.gen.errors import UserError
from electrolith.gen.sampling.candidate import Candidate, Relaxation, Relaxed, relax_all
from electrolith.gen.sampling.crystal_sampler import RELAXED_FINALISTS, CrystalSampler
from electrolith.gen.symmetry.orbits import Orbits, crystal_of
from electrolith.generation import relax_candidates
from electrolith.generation.generation_run import run
from electrolith.generation.relax_candidates import relax_candidate

pytestmark = pytest.mark.filterwarnings("ignore")  # the warnings of CHGNet's own dependencies are not ours
SALT, RUTILE = KNOWN[0], KNOWN[-1]  # LiF and TiO2
FOUR = settings(4, seed=4, batch_size=2, relax=True)


def stretched(orbits: Orbits, by: float) -> Orbits:
    """Orbits with edges longer by a factor."""
    return replace(orbits, lattice=orbits.lattice + np.eye(6)[0] * np.log(by) * np.sqrt(3))


@pytest.mark.parametrize("start", [SALT, RUTILE], ids=["LiF", "TiO2"])
def test_a_stretched_crystal_comes_back_with_its_space_group_and_lies_near_the_hull(start: Orbits) -> None:
    large = stretched(start, 1.04)
    found = relax_candidate(large)
    assert found.failure == ""
    assert found.relaxation is not None
    assert found.orbits.space_group == start.space_group
    volumes = [crystal_of(o).volume for o in (start, large, found.orbits)]
    assert volumes[1] > 1.1 * volumes[0]
    assert volumes[2] == pytest.approx(volumes[0], rel=0.05)
    assert abs(found.relaxation.height) < 0.05
    assert found.relaxation.potential == "chgnet"


def test_a_relaxed_crystal_hardly_moves_again() -> None:
    once = relax_candidate(stretched(RUTILE, 1.03))
    again = relax_candidate(once.orbits)
    assert once.relaxation is not None
    assert again.relaxation is not None
    assert again.relaxation.distance < 0.01
    assert again.relaxation.energy == pytest.approx(once.relaxation.energy, abs=1e-3)


def test_a_crystal_that_falls_apart_is_a_failure_with_a_reason() -> None:
    found = relax_candidate(stretched(SALT, 0.3))
    assert found.relaxation is None
    assert found.failure


def test_another_space_group_than_before_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    class Becomes:
        def apply(self, crystal: object) -> object:
            verdict, other = relax_candidates.RelaxationCheck().apply(crystal_of(RUTILE, primitive=True))
            return verdict, other

    monkeypatch.setattr(relax_candidates, "_check", Becomes)
    found = relax_candidate(SALT)
    assert found.relaxation is None
    assert found.failure == "after relaxation it has space group 136, not 225"


def test_the_best_two_finalists_are_relaxed_and_the_better_one_is_taken() -> None:
    seen: list[list[Orbits]] = []
    moved: dict[int, Orbits] = {}

    def looks(orbits: Sequence[Orbits]) -> np.ndarray:  # the larger the better; once relaxed, the smaller
        seen.append(list(orbits))
        return np.array([(1 if id(o) in moved else -1) * crystal_of(o).volume for o in orbits])

    def relax(orbits: Orbits) -> Relaxed:
        larger = stretched(orbits, 1.01)
        moved[id(larger)] = orbits
        return Relaxed(larger, Relaxation(0.1, -3.0, 0.0, "none"))

    sampler = CrystalSampler.load(device="cpu")
    constraints = Targets(chemical_system="Li-O", max_atoms=8).constraints()
    candidates = sampler.draw(
        [1, 2, 3], constraints, skeleton_penalty=lambda s: np.zeros(len(s)), crystal_penalty=looks, relax=relax
    )
    first, second = seen
    assert len(second) == len(moved) == RELAXED_FINALISTS * 3
    assert len(first) > len(second)
    for k, candidate in enumerate(candidates):
        pair = second[RELAXED_FINALISTS * k : RELAXED_FINALISTS * (k + 1)]
        assert candidate.orbits is min(pair, key=lambda o: crystal_of(o).volume)
        assert candidate.relaxation is not None


def test_a_candidate_that_cannot_be_relaxed_keeps_its_orbits_for_the_table_of_rejected_ones() -> None:
    one, none = Candidate(1, SALT, -1.0), Candidate(2, None, float("nan"), "nothing fits")
    failed, same = relax_all([one, none], lambda orbits: Relaxed(orbits, failure="it fell apart"))
    assert (failed.failed, failed.failure, failed.orbits) == ("relaxation", "it fell apart", SALT)
    assert same is none


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("relaxed")
    run(FOUR, path, generator=Generator(Scripted()))
    return path


def test_the_table_and_the_cifs_say_how_each_crystal_was_relaxed(folder: Path) -> None:
    for row in rows(folder):
        assert row["relaxed_with"] == "chgnet"
        assert 0 <= float(row["relaxed_by_A"]) < 0.5
        assert float(row["energy_eV_per_atom"]) < 0
        assert abs(float(row["energy_above_hull_computed_eV_per_atom"])) < 0.1
        text = (folder / row["file"]).read_text(encoding="utf-8")
        assert f"relaxed by {float(row['relaxed_by_A']):.3f} A in its space group with chgnet" in text
    record = yaml.safe_load((folder / "run.yaml").read_text(encoding="utf-8"))
    assert record["settings"]["relax"] is True
    assert record["versions"]["chgnet"][0].isdigit()


def test_the_number_of_processes_changes_nothing(folder: Path, tmp_path: Path) -> None:
    run(FOUR.with_(workers=2), tmp_path, generator=Generator(Scripted()))
    assert (tmp_path / "crystals.csv").read_bytes() == (folder / "crystals.csv").read_bytes()


def test_a_killed_run_resumes_to_the_same_files(folder: Path, tmp_path: Path) -> None:
    with killed_after(8):
        run(FOUR, tmp_path, generator=Generator(Scripted()))
    assert len(rows(tmp_path)) == 2
    run(FOUR, tmp_path, resume=True, generator=Generator(Scripted()))
    for name in ("crystals.csv", "generated_crystals.extxyz", "cifs/gen_000000.cif"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_a_run_without_relaxation_is_another_run(folder: Path) -> None:
    with pytest.raises(UserError, match=r"relax: True, False"):
        run(FOUR.with_(relax=False), folder, resume=True, generator=Generator(Scripted()))


def test_without_the_potential_the_message_names_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing(name: str) -> None:
        raise UserError(f'The potential {name} is not installed: pip install "electrolith[relax]"')

    monkeypatch.setattr(relax_candidates, "calculator", missing)
    relax_candidates._check.cache_clear()
    monkeypatch.setattr(CrystalSampler, "load", lambda *_: Scripted())
    result = CliRunner().invoke(app, ["generate", "-n", "1", "-o", str(tmp_path / "x"), "--relax"])
    assert result.exit_code == 2
    assert "electrolith[relax]" in result.output
    relax_candidates._check.cache_clear()
