"""What the tests of ordered models share."""

from __future__ import annotations

import pytest


@pytest.fixture
def without_surrogate(monkeypatch: pytest.MonkeyPatch) -> None:
    """No predictions: the surrogate takes a second to load."""
    monkeypatch.setattr(
        "electrolith.disorder.ordering_ranks.predicted_heights", lambda crystals: [None] * len(crystals)
    )
