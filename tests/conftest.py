"""Crystals by name, and fixtures that several tests share."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import egg_box
import numpy as np
import pytest
import spglib
from pymatgen.core import Element, Lattice
from script_server import ScriptServer, script_server

from electrolith import Generator
from electrolith.gen.crystal import Crystal
from electrolith.gen.symmetry import space_group_search
from electrolith.prediction import prediction

NAMED: dict[str, tuple[int, Lattice, list[str], list[list[float]]]] = {
    # name: (space group, origin choice 2, conventional cell in Å and °, one element and one site per orbit)
    "Cu": (225, Lattice.cubic(3.61), ["Cu"], [[0, 0, 0]]),
    "NaCl": (225, Lattice.cubic(5.64), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]]),
    "Li2O": (225, Lattice.cubic(4.62), ["Li", "O"], [[0.25, 0.25, 0.25], [0, 0, 0]]),
    "diamond": (227, Lattice.cubic(3.57), ["C"], [[0.125, 0.125, 0.125]]),
    "ZnS": (216, Lattice.cubic(5.41), ["Zn", "S"], [[0, 0, 0], [0.25, 0.25, 0.25]]),
    "CaTiO3": (
        62,
        Lattice.orthorhombic(5.44, 7.64, 5.38),
        ["Ca", "Ti", "O", "O"],
        [[0.036, 0.25, 0.993], [0, 0, 0.5], [0.484, 0.25, 0.071], [0.289, 0.037, 0.711]],
    ),
    "SrTiO3": (221, Lattice.cubic(3.905), ["Sr", "Ti", "O"], [[0, 0, 0], [0.5, 0.5, 0.5], [0.5, 0.5, 0]]),
    "LiCoO2": (166, Lattice.hexagonal(2.816, 14.05), ["Li", "Co", "O"], [[0, 0, 0.5], [0, 0, 0], [0, 0, 0.2605]]),
    "MgAl2O4": (
        227,
        Lattice.cubic(8.08),
        ["Mg", "Al", "O"],
        [[0.125, 0.125, 0.125], [0.5, 0.5, 0.5], [0.2624, 0.2624, 0.2624]],
    ),
    "TiO2": (136, Lattice.tetragonal(4.594, 2.959), ["Ti", "O"], [[0, 0, 0], [0.305, 0.305, 0]]),
    "Li3N": (191, Lattice.hexagonal(3.65, 3.88), ["Li", "Li", "N"], [[1 / 3, 2 / 3, 0], [0, 0, 0.5], [0, 0, 0]]),
    "AlN": (186, Lattice.hexagonal(3.11, 4.98), ["Al", "N"], [[1 / 3, 2 / 3, 0], [1 / 3, 2 / 3, 0.382]]),
    "quartz": (154, Lattice.hexagonal(4.913, 5.405), ["Si", "O"], [[0.4697, 0, 2 / 3], [0.4135, 0.2669, 0.7858]]),
    "Li3PO4": (
        31,
        Lattice.orthorhombic(6.115, 5.239, 4.855),
        ["Li", "Li", "P", "O", "O", "O"],
        [[0.248, 0.328, 0.986], [0.5, 0.843, 0.989], [0, 0.824, 0], [0.208, 0.686, 0.898], [0, 0.107, 0.899],
         [0.5, 0.186, 0.821]],
    ),
    "Li6PS5Cl": (  # lithium between its two half-filled sites, so that the crystal is ordered
        216,
        Lattice.cubic(9.86),
        ["Li", "P", "S", "S", "Cl"],
        [[0.018, 0.25, 0.25], [0, 0, 0.5], [0.119, 0.881, 0.619], [0.25, 0.25, 0.25], [0, 0, 0]],
    ),
    "Li7La3Zr2O12": (  # the tetragonal, ordered garnet of Awaka et al., 2009
        142,
        Lattice.tetragonal(13.13, 12.66),
        ["Li", "Li", "Li", "La", "La", "Zr", "O", "O", "O"],
        [[0, 0.25, 0.375], [0.1813, 0.4313, 0.125], [0.0797, 0.0858, 0.8099], [0, 0.25, 0.125],
         [0.127, 0, 0.25], [0, 0, 0], [-0.034, 0.0544, 0.1525], [0.0534, 0.8528, 0.5339], [0.1499, 0.0273, 0.446]],
    ),
    "LiFePO4": (
        62,
        Lattice.orthorhombic(10.33, 6.01, 4.69),
        ["Li", "Fe", "P", "O", "O", "O"],
        [[0, 0, 0], [0.282, 0.25, 0.975], [0.095, 0.25, 0.418], [0.097, 0.25, 0.743], [0.457, 0.25, 0.206],
         [0.166, 0.047, 0.285]],
    ),
    "monoclinic ZrO2": (
        14,
        Lattice.monoclinic(5.15, 5.21, 5.32, 99.2),
        ["Zr", "O", "O"],
        [[0.275, 0.04, 0.208], [0.07, 0.332, 0.345], [0.45, 0.757, 0.479]],
    ),
    "triclinic": (
        1,
        Lattice.from_parameters(4.1, 5.3, 6.2, 81, 96, 104),
        ["Li", "P", "S", "S"],
        [[0, 0, 0], [0.51, 0.43, 0.47], [0.2, 0.55, 0.81], [0.77, 0.21, 0.36]],
    ),
}  # fmt: skip


STANDARD_CHOICES = ("", "2", "b", "b1", "H")  # of spglib: origin 2, unique axis b, cell 1, hexagonal axes


@cache
def operations(space_group: int) -> tuple[np.ndarray, np.ndarray]:
    """Rotations and translations of a space group in its standard setting, from the database of spglib."""
    types = ((hall, spglib.get_spacegroup_type(hall)) for hall in range(1, 531))
    hall = next(h for h, t in types if t.number == space_group and t.choice in STANDARD_CHOICES)
    found = spglib.get_symmetry_from_database(hall)
    return found["rotations"], found["translations"]


@cache
def named(name: str) -> Crystal:
    """The crystal of that name in its conventional cell: each site with all its images."""
    group, lattice, elements, sites = NAMED[name]
    rotations, translations = operations(group)
    coords, numbers = [], []
    for element, site in zip(elements, sites, strict=True):
        images: list[np.ndarray] = []
        for image in (rotations @ np.array(site) + translations) % 1.0:
            apart = [np.abs(image - other - np.round(image - other)).max() for other in images]
            if min(apart, default=1.0) > 1e-4:
                images.append(image)
        coords += images
        numbers += [Element(element).Z] * len(images)
    return Crystal.of(lattice.matrix, coords, numbers, name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the long tests of the repository first, so that two processes end at about the same time."""
    items.sort(key=lambda item: "tests/repository/" not in item.nodeid)


@pytest.fixture(scope="session", autouse=True)
def _remembered_searches() -> Iterator[None]:
    """spglib searches equal crystals once: scripted runs draw the same ones again and again, at 30 ms a search."""
    search = space_group_search._search
    known: dict[object, Any] = {}

    def remembered(name: str, crystal: Crystal, **options: Any) -> Any:
        numbers = (crystal.lattice, crystal.frac_coords, crystal.atomic_numbers)
        key = (getattr(spglib, name), *options.items(), *((array.dtype.str, array.tobytes()) for array in numbers))
        if key not in known:
            known[key] = search(name, crystal, **options)
        return known[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(space_group_search, "_search", remembered)
        yield


@pytest.fixture(params=sorted(NAMED))
def named_crystal(request: pytest.FixtureRequest) -> Crystal:
    """Every named crystal in turn."""
    return named(str(request.param))


@pytest.fixture(scope="session")
def crystal_named() -> Callable[[str], Crystal]:
    """A crystal by name, e.g. ``crystal_named("NaCl")``."""
    return named


@pytest.fixture(scope="session")
def scripted() -> ModuleType:
    """The script ``generate_scripted.py`` as a module."""
    spec = importlib.util.spec_from_file_location("generate_scripted", Path(__file__).with_name("generate_scripted.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def scripts() -> Iterator[ScriptServer]:
    """The process in which scripts of the repository start at once."""
    with script_server() as server:
        yield server


@pytest.fixture(scope="module")
def generator(scripted: ModuleType) -> Iterator[Generator]:
    """A generator with candidates and predictions from that script."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(prediction, "predict", scripted.predict)
        yield Generator(scripted.Scripted())


@pytest.fixture
def eggs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The potentials of ``egg_box.py``, as ``eggs:conductor`` and the like."""
    module = types.ModuleType("eggs")
    vars(module).update(egg_box.POTENTIALS)
    monkeypatch.setitem(sys.modules, "eggs", module)
