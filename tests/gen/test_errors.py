"""Errors that must not end a run: the reason is short, the log separates mistakes in the program from bad crystals."""

from __future__ import annotations

import logging

import pytest

from electrolith.gen.errors import unexpected


@pytest.mark.parametrize(
    ("error", "level"), [(TypeError("no number"), logging.ERROR), (ValueError("no minimum"), logging.DEBUG)]
)
def test_a_mistake_in_the_program_is_logged_as_an_error_and_any_other_for_debugging(
    error: Exception, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "electrolith")
    assert unexpected(error, "stability") == f"{type(error).__name__}: {error}"
    (record,) = caplog.records
    assert record.levelno == level
    assert record.exc_info is not None
    assert record.exc_info[1] is error
