"""Symbols of space groups in the writings of databases and people."""

from __future__ import annotations

import pytest

from electrolith.gen.reading.space_group_names import setting_of_hall, settings_of_number, settings_of_symbol


@pytest.mark.parametrize(
    ("symbol", "settings"),
    [
        ("F m -3 m", "F m -3 m"), ("Fm-3m", "F m -3 m"), ("FM-3M", "F m -3 m"), ("F_m_-3_m", "F m -3 m"),
        ("Fm3m", "F m -3 m"), ("F 4/m -3 2/m", "F m -3 m"), ("F m -3 m (#225)", "F m -3 m"), ("225", "F m -3 m"),
        ("F d -3 m :1", "F d -3 m:1"), ("Fd-3m:2", "F d -3 m:2"), ("F d -3 m S", "F d -3 m:1"),
        ("Fd-3mZ", "F d -3 m:2"), ("F d 3 m (origin 2)", "F d -3 m:2"), ("F d -3 m", "F d -3 m:1, F d -3 m:2"),
        ("R -3 m :H", "R -3 m:H"), ("R-3mR", "R -3 m:R"), ("R-3m", "R -3 m:H, R -3 m:R"),
        ("P 1 21/n 1", "P 1 21/n 1"), ("P21/n", "P 1 21/n 1, P 1 1 21/n, P 21/n 1 1"),
        ("P2(1)/n", "P 1 21/n 1, P 1 1 21/n, P 21/n 1 1"), ("P 2_1/n", "P 1 21/n 1, P 1 1 21/n, P 21/n 1 1"),
        ("C m c a", "C m c a"), ("Cmce", "C m c a"), ("A e m 2", "A b m 2"), ("P n m a", "P n m a"),
        ("P 21/n 21/m 21/a", "P n m a"), ("P63/mmc", "P 63/m m c"), ("P 63/m m c :1", "P 63/m m c"),
        ("I4_1/amd:2", "I 41/a m d:2"), ("P 21 21 21", "P 21 21 21"), ("nonsense", ""), ("", ""), ("231", ""),
        ("F d -3 m :cab", ""),
    ],
)  # fmt: skip
def test_a_symbol_means_its_settings_in_any_writing(symbol: str, settings: str) -> None:
    assert ", ".join(setting.name for setting in settings_of_symbol(symbol)) == settings


def test_every_setting_of_the_tables_is_found_by_its_symbol_and_by_its_hall_symbol() -> None:
    import gemmi

    for entry in gemmi.spacegroup_table():
        if entry.hm.endswith(")"):
            continue
        (setting,) = settings_of_symbol(entry.xhm())
        hall = setting_of_hall(entry.hall)
        assert hall is not None
        assert (setting.number, hall.number) == (entry.number, entry.number)
        assert setting.operations.same_as(hall.operations)


def test_a_number_means_the_standard_setting_with_both_origins_or_axes() -> None:
    assert [s.name for s in settings_of_number(227)] == ["F d -3 m:1", "F d -3 m:2"]
    assert [s.name for s in settings_of_number(166)] == ["R -3 m:H", "R -3 m:R"]
    assert next(s.name for s in settings_of_number(14)) == "P 1 21/c 1"
    assert settings_of_number(0) == settings_of_number(231) == []


def test_a_hall_symbol_that_is_none_is_not_understood() -> None:
    assert setting_of_hall("no symbol") is None
