"""The bias of a judge: measured on known crystals, of each kind where that mends more, and taken out again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from electrolith.evaluation.oracle_bias import FEWEST, corrections, fitted
from electrolith.gen.crystal import Crystal
from electrolith.validators.chemistry.anion_families import WITH_ANIONS, WITHOUT

Named = Callable[[str], Crystal]


def test_a_judge_that_is_off_by_a_factor_is_corrected_by_it(tmp_path: Path) -> None:
    known = [10.0, 50.0, 200.0]
    bias = fitted(known, [k / 1.2 for k in known])
    assert bias.of_all.factor == pytest.approx(1.2)
    assert bias.left == pytest.approx(0)
    written = tmp_path / "bias.json"
    written.write_text(json.dumps({"bulk x:y": {"bulk_modulus": asdict(bias)}}))
    assert corrections("bulk x:y", written)["bulk_modulus"] == bias
    assert corrections("bulk other:one", written)["bulk_modulus"].of_all.factor == 1.0
    assert corrections("barrier") == {}


def test_a_judge_too_soft_for_metals_alone_is_corrected_for_them_alone(crystal_named: Named) -> None:
    known = np.linspace(10, 200, 2 * FEWEST)
    kinds = [WITH_ANIONS, WITHOUT] * FEWEST
    bias = fitted(
        known, [k / (1.0 if kind == WITH_ANIONS else 1.6) for k, kind in zip(known, kinds, strict=True)], kinds
    )
    assert bias.of(crystal_named("NaCl")).factor == pytest.approx(1.0)
    assert bias.of(crystal_named("Cu")).factor == pytest.approx(1.6)
    assert bias.left == pytest.approx(0)
    assert bias.of_all.left > 0.1
    few = fitted(known[:6], known[:6], kinds[:6])
    assert few.of(crystal_named("Cu")) == few.of_all
