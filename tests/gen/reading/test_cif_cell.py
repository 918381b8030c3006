"""The cell of a CIF."""

from __future__ import annotations

import numpy as np
import pytest
from cif_texts import FM3M, P1, cif, crystal, reason
from pymatgen.core import Lattice

TRICLINIC = (5.1, 6.2, 7.3, 81, 95, 102)


def test_the_cell_has_the_orientation_of_pymatgen() -> None:
    assert np.allclose(crystal(cif(P1, of=TRICLINIC)).lattice, Lattice.from_parameters(*TRICLINIC).matrix, atol=1e-12)


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ((0, 5, 5, 90, 90, 90), "length"), ((-5, 5, 5, 90, 90, 90), "length"), (("nan", 5, 5, 90, 90, 90), "finite"),
        ((5, 5, 5, 0, 90, 90), "angle"), ((5, 5, 5, 150, 150, 150), "make no cell"), ((5, 5, 5, 90, 90, 180), "angle"),
        ((5, 5, 0.1, 90, 90, 90), "flat"), ((5, 5, 5, 60, 60, 119.9999), "flat"), (("?", 5, 5, 90, 90, 90), "no cell"),
    ],
)  # fmt: skip
def test_an_implausible_cell_is_refused(of: tuple[object, ...], words: str) -> None:
    assert words in reason(cif(FM3M, of=of))


def test_angles_that_are_not_given_are_right_with_a_remark() -> None:
    found = crystal(cif(FM3M, of=(5.64, 5.64, 5.64, "?", "?", "?")))
    assert "90° is assumed" in found.remarks[0]
