"""The calibration plot puts a crystal that has the requested value on the diagonal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from electrolith.evaluation.calibration_plot import GAP, MARGIN, SIDE, calibration_plot, write_calibration_plot
from electrolith.evaluation.evaluation import Evaluation
from electrolith.evaluation.evaluation_outputs import evaluation_outputs
from electrolith.gen.errors import UserError


def test_a_crystal_that_has_the_requested_value_lies_on_the_diagonal() -> None:
    rows = [
        {"density_asked": value, "density_found": value, "bulk_modulus_asked": 10 * value, "bulk_modulus_found": 99.0}
        for value in (1.0, 3.0, 8.0)
    ]
    text = calibration_plot(Evaluation("", "", {}, (), crystals=rows))
    places = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="3.5"', text)]
    assert len(places) == 6
    off = [abs((x - MARGIN) - (GAP + SIDE - y)) for x, y in places]
    assert max(off[:3]) < 0.2
    assert max(off[3:]) > 10


def test_only_a_plot_of_evaluate_is_replaced(tmp_path: Path) -> None:
    plot = tmp_path / "mine.svg"
    write_calibration_plot(plot, Evaluation("", "", {}, ()))
    with evaluation_outputs(None, plot, [], []):
        pass
    plot.write_text(plot.read_text().partition("\n")[2])
    assert plot.read_text().startswith("<svg ")
    with pytest.raises(UserError, match="is not a plot of evaluate"), evaluation_outputs(None, plot, [], []):
        pass
