"""The bias of an oracle is measured on known crystals, by kind where that helps, and its correction inverts it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from electrolith.evaluation.oracle_bias import FEWEST, biases_of, fit_bias
from electrolith.gen.crystal import Crystal
from electrolith.validators.chemistry.anion_families import WITH_ANIONS, WITHOUT

Named = Callable[[str], Crystal]


@pytest.mark.parametrize("factor", [0.4, 1.0, 1.2])
def test_the_correction_is_the_inverse_of_a_constant_factor(factor: float, crystal_named: Named) -> None:
    known = np.array([10.0, 50.0, 200.0])
    bias = fit_bias(known, factor * known)
    np.testing.assert_allclose(bias.correction_for(crystal_named("NaCl")).factor * factor * known, known)
    assert bias.left == pytest.approx(0)


def test_one_wrong_label_does_not_change_the_correction() -> None:
    known = np.array([10.0, 50.0, 70.0, 90.0, 200.0])
    wrong = known.copy()
    wrong[0] *= 1000
    assert fit_bias(wrong, known / 1.2).of_all.factor == pytest.approx(1.2)


def test_a_measured_bias_is_read_back_and_others_come_from_the_calibration(tmp_path: Path) -> None:
    bias = fit_bias([10.0, 50.0], [9.0, 40.0])
    written = tmp_path / "bias.json"
    written.write_text(json.dumps({"bulk x:y": {"bulk_modulus": asdict(bias)}}))
    assert biases_of("bulk x:y", written)["bulk_modulus"] == bias
    assert biases_of("bulk other:one", written)["bulk_modulus"].of_all.factor == 1.0
    assert biases_of("barrier") == {}


def test_an_oracle_too_soft_for_metals_alone_is_corrected_for_them_alone(crystal_named: Named) -> None:
    known = np.linspace(10, 200, 2 * FEWEST)
    kinds = [WITH_ANIONS, WITHOUT] * FEWEST
    bias = fit_bias(
        known, [k / (1.0 if kind == WITH_ANIONS else 1.6) for k, kind in zip(known, kinds, strict=True)], kinds
    )
    assert bias.correction_for(crystal_named("NaCl")).factor == pytest.approx(1.0)
    assert bias.correction_for(crystal_named("Cu")).factor == pytest.approx(1.6)
    assert bias.left == pytest.approx(0)
    assert bias.of_all.left > 0.1
    few = fit_bias(known[:6], known[:6], kinds[:6])
    assert few.correction_for(crystal_named("Cu")) == few.of_all
