"""Weights of nequix as a potential: what a file says, and what is wrong with it."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.validators.relaxation.potentials import calculator, potential_named, strange_elements
from electrolith.validators.thermodynamics import zeros_file as zeros


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "small.nqx"
    file.write_bytes(json.dumps({"cutoff": 6.0, "atomic_numbers": [1, 3, 8, 11, 17]}).encode() + b"\n\x93NUMPY")
    return file


def test_the_elements_are_those_that_the_first_line_of_the_weights_names(weights: Path) -> None:
    assert potential_named(f"nequix:{weights}").elements == {1, 3, 8, 11, 17}
    salt = Crystal.of(np.eye(3) * 4, [[0, 0, 0], [0.5, 0.5, 0.5]], [55, 17])
    assert "does not know Cs" in strange_elements(salt, f"nequix:{weights}")


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"[1]\n", b'{"cutoff": 6}\n', b'{"atomic_numbers": 3}\n'])
def test_a_file_that_holds_no_weights_is_named_in_one_line(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "other.nqx"
    file.write_bytes(content)
    with pytest.raises(UserError, match=r"other\.nqx holds no weights of nequix") as error:
        potential_named(f"nequix:{file}")
    assert "\n" not in str(error.value)


def test_a_missing_file_of_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no file of weights .*absent\.nqx"):
        calculator(f"nequix:{tmp_path / 'absent.nqx'}")


@pytest.mark.skipif(find_spec("nequix") is not None, reason="the package is installed")
def test_without_the_package_the_error_says_how_to_install_it(weights: Path) -> None:
    with pytest.raises(UserError, match=r'not installed .*pip install "nequix\[torch\]"'):
        calculator(f"nequix:{weights}")


def test_known_weights_have_shipped_zeros_under_any_name_and_others_have_theirs_beside_them(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert zeros.zeros_file(f"nequix:{weights}") == weights.with_name("small.nqx.zeros.json")
    monkeypatch.setitem(zeros.SHIPPED, sha256(weights.read_bytes()).hexdigest(), "nequix-oam-1")
    renamed = weights.rename(weights.with_name("renamed.nqx"))
    assert zeros.zeros_file(f"nequix:{renamed}") == zeros.shipped_zeros("nequix-oam-1")


def test_the_zeros_of_a_calculator_lie_beside_its_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_potential.py").write_text("def make(): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert zeros.zeros_file("my_potential:make") == tmp_path / "my_potential.make.zeros.json"
    assert zeros.zeros_file("no_such_module.at_all:make").name == "no_such_module.at_all.make.zeros.json"
