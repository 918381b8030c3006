"""Crystals with the framework of a known one, by the shipped weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cif_texts import LI3PS4
from pymatgen.analysis.structure_matcher import StructureMatcher

from electrolith import Generator
from electrolith.conditioners.targets import Targets
from electrolith.gen.sampling.candidate import Relaxation, Relaxed
from electrolith.gen.symmetry.orbits import Orbits, crystal_of
from electrolith.gen.weight_folders import FOLDER
from electrolith.generation.framework_drift import keeping_framework
from electrolith.generation.framework_request import requested_constraints
from electrolith.generation.options import GenerationOptions

pytestmark = pytest.mark.skipif(
    not list(FOLDER.rglob("geometry.safetensors")), reason="the package holds no weights yet: electrolith train"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "gamma.cif"
    path.write_text(LI3PS4.format(li="0.7", s="1.0"), encoding="utf-8")
    return path


@pytest.fixture
def known(file: Path) -> Orbits:
    """The framework of the crystal alone."""
    framework = requested_constraints(Targets(), GenerationOptions(like=str(file))).framework
    assert framework is not None
    arrays = (np.array(x) for x in (framework.positions, framework.elements, framework.theta, framework.lattice))
    return Orbits(framework.space_group, *arrays)


def test_new_crystals_have_the_framework_the_space_group_and_balanced_charges(file: Path, known: Orbits) -> None:
    options = GenerationOptions(like=str(file), stability_limit=None, new=False, seed=3, steps=20)
    made = Generator.from_pretrained(device="cpu").generate(2, options=options)
    assert len(made) == 2
    for one in made:
        assert one.formula == "Li3PS4"
        assert one.space_group_found == known.space_group
        left = one.structure.copy()
        left.remove_species(["Li"])
        assert StructureMatcher(scale=False, stol=0.1).fit(crystal_of(known).structure, left)


def test_a_relaxation_that_moves_the_framework_is_a_failure(file: Path, known: Orbits) -> None:
    framework = requested_constraints(Targets(), GenerationOptions(like=str(file))).framework

    def moved(by: float, orbits: Orbits) -> Relaxed:
        theta = orbits.theta + by * (orbits.elements == 15)[:, None] * (orbits.theta > 0)
        return Relaxed(replace(orbits, theta=theta), Relaxation(by, -1.0, 0.0, "scripted"))

    assert not keeping_framework(lambda one: moved(0.01, one), framework)(known).failure
    assert "framework" in keeping_framework(lambda one: moved(0.25, one), framework)(known).failure
