"""Laws of hidden targets: the shares that the settings promise, and never a changed or an invented value."""

from __future__ import annotations

import pytest
import torch

from electrolith.gen.errors import UserError
from electrolith.gen.training.target_masking import TargetMasking, hide_targets, hull_distance_alone

CRYSTALS, PROPERTIES = 20_000, 10
OTHERS = PROPERTIES - 1
SHARE = 4 * 0.5 / CRYSTALS**0.5  # four standard errors of a share


@pytest.fixture
def targets() -> torch.Tensor:
    torch.manual_seed(0)
    return torch.randn(CRYSTALS, PROPERTIES)


def test_targets_are_hidden_in_the_shares_of_the_settings(targets: torch.Tensor) -> None:
    masking = TargetMasking(hull_hidden=0.5, all_hidden=0.4, one_shown=0.3)
    shown = torch.isfinite(hide_targets(targets, masking))
    assert float((~shown[:, 0]).float().mean()) == pytest.approx(0.5, abs=SHARE)
    number = shown[:, 1:].sum(1)
    # the other 30 % show each with probability u, uniform in [0, 1]: every number from 0 to 9 is equally probable
    rest = 0.3 / PROPERTIES
    expected = {0: 0.4 + rest, 1: 0.3 + rest, **dict.fromkeys(range(2, OTHERS + 1), rest)}
    for n, share in expected.items():
        assert float((number == n).float().mean()) == pytest.approx(share, abs=SHARE)


def test_the_hull_distance_is_hidden_independently_of_the_others(targets: torch.Tensor) -> None:
    shown = torch.isfinite(hide_targets(targets, TargetMasking()))
    some = shown[:, 1:].any(1)
    assert float(shown[some, 0].float().mean()) == pytest.approx(float(shown[~some, 0].float().mean()), abs=2 * SHARE)


def test_the_one_shown_property_is_any_of_the_known_ones(targets: torch.Tensor) -> None:
    targets[:, 4:] = torch.nan
    shown = torch.isfinite(hide_targets(targets, TargetMasking(1.0, 0.0, 1.0)))
    assert (shown.sum(1) == 1).all()
    for share in shown[:, 1:4].float().mean(0).tolist():
        assert share == pytest.approx(1 / 3, abs=SHARE)


def test_shown_targets_keep_their_value_and_unknown_ones_stay_unknown(targets: torch.Tensor) -> None:
    targets[torch.rand_like(targets) < 0.3] = torch.nan
    seen = hide_targets(targets, TargetMasking(0.0, 0.0, 0.0))
    shown = torch.isfinite(seen)
    assert torch.equal(seen[shown], targets[shown])
    assert torch.equal(torch.isfinite(seen[:, 0]), torch.isfinite(targets[:, 0]))  # none is hidden
    assert 0 < int(shown.sum()) < int(torch.isfinite(targets).sum())


def test_validation_shows_the_hull_distance_alone(targets: torch.Tensor) -> None:
    seen = hull_distance_alone(targets)
    assert torch.equal(seen[:, 0], targets[:, 0])
    assert torch.isnan(seen[:, 1:]).all()


def test_shares_that_cannot_be_are_refused() -> None:
    with pytest.raises(UserError, match=r"0\.8 \+ 0\.3"):
        TargetMasking(all_hidden=0.8)
    with pytest.raises(UserError, match="hull_hidden"):
        TargetMasking(hull_hidden=1.5)
