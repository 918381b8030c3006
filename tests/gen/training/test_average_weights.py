"""Averages of weights: the mean of every tensor, and networks for smaller cells grown first."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from electrolith.gen.errors import UserError
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.training.average_weights import average_weights
from electrolith.gen.weight_files import load_weights, save_weights
from electrolith.gen.weight_header import column_names, scheme_of_weights

SMALL = {"width": 24, "layers": 1, "heads": 2}
LARGE = SMALL | {"atoms": 80}


def saved(path: Path, size: dict[str, int], seed: int) -> Path:
    torch.manual_seed(seed)
    save_weights(SkeletonNetwork(SkeletonSize(**size)), path, size, ["density"], "MP2020")
    return path


def test_the_average_of_two_networks_is_the_weighted_mean_of_every_tensor(tmp_path: Path) -> None:
    one, other = (saved(tmp_path / f"{seed}.safetensors", LARGE, seed) for seed in (0, 1))
    out = tmp_path / "mean.safetensors"
    average_weights({one: 0.25, other: 0.75}, out)
    found, size = load_weights(out)
    assert size == LARGE
    assert column_names(out) == ("density",)
    assert scheme_of_weights(out) == "MP2020"
    for name, tensor in found.items():
        expected = 0.25 * load_weights(one)[0][name] + 0.75 * load_weights(other)[0][name]
        torch.testing.assert_close(tensor, expected)


def test_a_network_for_smaller_cells_is_grown_before_it_is_averaged(tmp_path: Path) -> None:
    small, large = saved(tmp_path / "s.safetensors", SMALL, 0), saved(tmp_path / "l.safetensors", LARGE, 1)
    average_weights({small: 0.5, large: 0.5}, tmp_path / "mean.safetensors")
    found, size = load_weights(tmp_path / "mean.safetensors")
    assert size == LARGE
    assert found["atoms.weight"].shape == (81, 24)
    SkeletonNetwork(SkeletonSize(**size)).load_state_dict(found)


@pytest.mark.parametrize("shares", [(0.5, 0.4), (1.5, -0.5)])
def test_shares_that_are_no_mean_are_refused(tmp_path: Path, shares: tuple[float, float]) -> None:
    files = [saved(tmp_path / f"{k}.safetensors", LARGE, k) for k in (0, 1)]
    with pytest.raises(UserError, match="positive and sum to 1"):
        average_weights(dict(zip(files, shares, strict=True)), tmp_path / "mean.safetensors")


def test_networks_of_other_sizes_are_refused(tmp_path: Path) -> None:
    one = saved(tmp_path / "a.safetensors", LARGE, 0)
    other = saved(tmp_path / "b.safetensors", LARGE | {"width": 32}, 1)
    with pytest.raises(UserError, match="holds a network of"):
        average_weights({one: 0.5, other: 0.5}, tmp_path / "mean.safetensors")
