"""Transformer block of the networks over orbits."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

Cache = tuple[Tensor, Tensor]  # keys and values


class Block(nn.Module):
    """Pre-norm self-attention and a feed-forward layer of ``wider`` times the width."""

    def __init__(self, width: int, heads: int, wider: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attend = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)
        self.feed = nn.Sequential(nn.Linear(width, wider * width), nn.SiLU(), nn.Linear(wider * width, width))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
        """New values (B, n, width) of the tokens ``x`` (B, n, width), and the cache for the tokens that follow.

        The tokens attend to all m tokens so far: the m − n of ``cache`` and themselves. ``mask`` (B or 1, heads or 1,
        n or 1, m) is True where a token sees another, or, if it is not bool, is added to the logits. The cache holds
        keys and values of all m, (B, heads, m, width / heads) each.
        """
        b, n, w = x.shape
        q, k, v = self.attend(self.norm1(x)).view(b, n, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        if cache is not None:
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        if mask.dtype != torch.bool:
            mask = mask.to(q.dtype).expand(b, self.heads, n, k.shape[2])
        mixed = scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + self.drop(self.merge(mixed.transpose(1, 2).reshape(b, n, w)))
        return x + self.drop(self.feed(self.norm2(x))), (k, v)
