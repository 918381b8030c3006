"""Sums and maxima by segment agree with a loop, and torch-scatter with torch."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from electrolith.gen.segments import segment_max, segment_sum

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


@pytest.mark.parametrize("shape", SHAPES)
def test_the_order_of_rows_does_not_matter(shape: tuple[int, ...]) -> None:
    values, order = numbers(shape), torch.randperm(len(INDEX), generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(segment_sum(values[order], INDEX[order], N), segment_sum(values, INDEX, N))


def test_a_maximum_by_segment_is_the_largest_of_its_values() -> None:
    values = numbers((9,)) - 10.0  # all negative
    expected = torch.stack([torch.cat([values[k == INDEX], torch.tensor([-torch.inf])]).max() for k in range(N)])
    assert torch.equal(segment_max(values, INDEX, N), expected)


def test_integers_stay_integers() -> None:
    found = segment_sum(torch.arange(9), INDEX, N)
    assert found.dtype == torch.int64
    assert found.tolist() == [1, 9, 0, 5, 0, 13, 8]


def test_the_gradient_of_a_sum_is_one_for_every_row() -> None:
    values = numbers((9, 4)).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda v: segment_sum(v, INDEX, N), values)
