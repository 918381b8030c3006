"""Faults of a path that show without its content."""

from __future__ import annotations

from pathlib import Path

import pytest

from electrolith import UserError
from electrolith.gen.reading.path_faults import refuse_faulty_path


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rocksat.cif", r"rocksat\.cif does not exist\. Did you mean rocksalt\.cif\?"),
        ("Li3PS4", "Li3PS4 is a formula. Crystals are needed"),
        ("nowhere", r"nowhere does not exist\.$"),
        ("away/rocksalt.cif", r"does not exist\.$"),
        ("empty.cif", "is empty"),
        ("notes.txt", "unknown format"),
        ("x" * 300, "cannot be read|does not exist"),
        ("a\0b", "cannot be read|does not exist"),
    ],
)
def test_the_message_says_what_is_wrong_with_a_path(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file, text in (("rocksalt.cif", "data_x"), ("empty.cif", ""), ("notes.txt", "x")):
        Path(file).write_text(text)
    with pytest.raises(UserError, match=message):
        refuse_faulty_path(Path(name))
