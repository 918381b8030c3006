"""Laws of the transformer block: the cache changes nothing, and a mask has its meaning, as bool or as logits."""

from __future__ import annotations

import pytest
import torch

from electrolith.gen.attention import Block, Cache


@pytest.fixture
def block() -> Block:
    torch.manual_seed(0)
    return Block(24, 3, 2, 0.0).eval()


@pytest.fixture
def tokens() -> torch.Tensor:
    return torch.randn(2, 7, 24, generator=torch.Generator().manual_seed(1))


CAUSAL = torch.ones(7, 7, dtype=torch.bool).tril()[None, None]


@torch.no_grad()
@pytest.mark.parametrize("first", [1, 3])
def test_tokens_one_by_one_with_a_cache_give_the_same_as_all_at_once(
    block: Block, tokens: torch.Tensor, first: int
) -> None:
    at_once, (keys, values) = block(tokens, CAUSAL)
    out, cache = block(tokens[:, :first], CAUSAL[..., :first, :first])
    parts = [out]
    for n in range(first, tokens.shape[1]):
        out, cache = block(tokens[:, n : n + 1], CAUSAL[..., n : n + 1, : n + 1], cache)
        parts.append(out)
    torch.testing.assert_close(torch.cat(parts, 1), at_once, atol=1e-5, rtol=0)
    grown: Cache = cache
    torch.testing.assert_close(grown, (keys, values), atol=1e-5, rtol=0)


@torch.no_grad()
def test_a_token_that_is_not_seen_changes_nothing(block: Block, tokens: torch.Tensor) -> None:
    changed = tokens.clone()
    changed[:, -1] += 1.0
    one, other = block(tokens, CAUSAL)[0], block(changed, CAUSAL)[0]
    torch.testing.assert_close(one[:, :-1], other[:, :-1], atol=1e-6, rtol=0)
    assert (one[:, -1] - other[:, -1]).abs().max() > 0.1


@torch.no_grad()
def test_a_bool_mask_is_a_bias_of_minus_infinity(block: Block, tokens: torch.Tensor) -> None:
    bias = torch.where(CAUSAL, 0.0, -torch.inf)
    torch.testing.assert_close(block(tokens, CAUSAL)[0], block(tokens, bias)[0], atol=1e-5, rtol=0)


@torch.no_grad()
def test_a_bias_of_log_n_counts_a_token_n_times(block: Block, tokens: torch.Tensor) -> None:
    """The weighting by atoms of Roost, as the orbit surrogate uses it."""
    single = tokens[:, :3]
    twice = torch.cat([single, single[:, 2:]], 1)
    bias = torch.tensor([1.0, 1.0, 2.0]).log()[None, None, None]
    weighted = block(single, bias)[0]
    repeated = block(twice, torch.zeros(1, 1, 1, 4))[0]
    torch.testing.assert_close(weighted, repeated[:, :3], atol=1e-5, rtol=0)
