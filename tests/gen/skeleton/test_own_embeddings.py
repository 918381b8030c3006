"""Own embeddings are hidden in training alone, each row by itself."""

from __future__ import annotations

import pytest
import torch

from electrolith.gen.skeleton.own_embeddings import OwnEmbeddings


def test_training_hides_about_the_asked_share_of_the_rows_and_leaves_the_others_as_they_are() -> None:
    torch.manual_seed(0)
    table = OwnEmbeddings(2000, 4, hidden=0.3).train()
    rows = table.rows()
    hidden = (rows == 0).all(1)
    assert float(hidden.float().mean()) == pytest.approx(0.3, abs=0.04)
    assert torch.equal(rows[~hidden], table.weight[~hidden])
    assert not torch.equal(table.rows(), rows)


def test_a_network_in_use_sees_all_rows() -> None:
    table = OwnEmbeddings(50, 4, hidden=0.9).eval()
    assert torch.equal(table.rows(), table.weight)
