"""Sums and maxima by segment agree with a loop, and torch-scatter with torch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from electrolith.gen import segments
from electrolith.gen.segments import faster_torch_scatter, segment_max, segment_sum

N = 7
INDEX = torch.tensor([0, 0, 1, 1, 1, 3, 5, 5, 6])  # nothing in 2 and 4
SHAPES = [(9,), (9, 4), (9, 3, 5)]


def numbers(shape: tuple[int, ...]) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sum_by_segment_is_the_sum_of_its_rows(shape: tuple[int, ...]) -> None:
    values = numbers(shape)
    expected = torch.stack([values[k == INDEX].sum(0) for k in range(N)])
    torch.testing.assert_close(segment_sum(values, INDEX, N), expected)


def test_a_maximum_by_segment_is_the_largest_of_its_values() -> None:
    values = numbers((9,)) - 10.0  # all negative
    expected = torch.stack([torch.cat([values[k == INDEX], torch.tensor([-torch.inf])]).max() for k in range(N)])
    assert torch.equal(segment_max(values, INDEX, N), expected)


@pytest.mark.parametrize("shape", SHAPES)
def test_segments_without_rows_are_zero_also_at_the_end(shape: tuple[int, ...]) -> None:
    found = segment_sum(numbers(shape), INDEX, N + 3)
    assert found.shape == (N + 3, *shape[1:])
    assert not found[[2, 4, 7, 8, 9]].any()
    assert segment_sum(numbers(shape)[:0], INDEX[:0], N).shape == (N, *shape[1:])


def test_integers_stay_integers() -> None:
    found = segment_sum(torch.arange(9), INDEX, N)
    assert found.dtype == torch.int64
    assert found.tolist() == [1, 9, 0, 5, 0, 13, 8]


def test_the_gradient_of_a_sum_is_one_for_every_row() -> None:
    values = numbers((9, 4)).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda v: segment_sum(v, INDEX, N), values)


@pytest.fixture
def forget() -> Iterator[None]:
    """Forgets the choice of the implementation, before and after the test."""
    faster_torch_scatter.cache_clear()
    yield
    faster_torch_scatter.cache_clear()


@pytest.mark.usefixtures("forget")
@pytest.mark.parametrize(("seconds", "chosen"), [((1.0, 0.5), True), ((1.0, 0.95), False), ((0.5, 1.0), False)])
def test_torch_scatter_is_chosen_where_it_is_clearly_faster(
    monkeypatch: pytest.MonkeyPatch, seconds: tuple[float, float], chosen: bool
) -> None:
    module, clock = SimpleNamespace(), iter(seconds)  # torch first
    monkeypatch.setitem(sys.modules, "torch_scatter", module)
    monkeypatch.setattr(segments, "find_spec", lambda name: name)
    monkeypatch.setattr(segments, "_seconds", lambda compute, device: next(clock))
    assert (faster_torch_scatter("cpu") is module) == chosen


@pytest.mark.usefixtures("forget")
def test_torch_does_the_sums_where_torch_scatter_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "find_spec", lambda name: None)
    assert faster_torch_scatter("cpu") is None


@pytest.mark.parametrize("shape", SHAPES)
def test_torch_scatter_gives_the_sums_and_maxima_of_torch(
    monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...]
) -> None:
    torch_scatter = pytest.importorskip("torch_scatter")
    values = numbers(shape)
    numbers_of_rows = values.reshape(len(values), -1)[:, 0].contiguous()
    sums, maxima = [], []
    for module in (None, torch_scatter):
        monkeypatch.setattr(segments, "faster_torch_scatter", lambda device, module=module: module)
        sums.append(segment_sum(values, INDEX, N))
        maxima.append(segment_max(numbers_of_rows, INDEX, N))
    torch.testing.assert_close(*sums, atol=1e-6, rtol=1e-6)
    assert torch.equal(*maxima)
