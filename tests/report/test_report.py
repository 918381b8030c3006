"""The report is one file without network requests; in a real browser it opens, sorts, filters and shows a crystal."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from paths import TESTS

from electrolith import screen
from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.cif_reader import Unreadable
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.report import write_report
from electrolith.screening.candidate_table import step_counts
from electrolith.screening.report_data import report_data

Named = Callable[[str], Crystal]
BROWSER = TESTS / "browser.py"
NAMES = ("NaCl", "Li2O", "SrTiO3", "TiO2", "AlN", "Cu", "Li3N")
HOSTILE = "</script><script>alert(1)</script>"
RECIPE = {
    "name": "tried <b>out</b>",
    "description": "cheap checks",
    "checks": [{"check": "distances"}, {"check": "volume"}, {"check": "lithium", "share_at_least": 0.1}],
    "rank": [{"by": "volume", "order": "low"}],
}


@pytest.fixture
def report(tmp_path: Path, crystal_named: Named) -> Path:
    recipe = find_recipe(RECIPE)
    crushed = replace(crystal_named("NaCl"), lattice=np.eye(3) * 2.0, name="crushed")
    given = [*map(crystal_named, NAMES), crushed, Unreadable("lost", HOSTILE)]
    ranked = screen(given, recipe)
    record: dict[str, Any] = {"input": ["here"], "workers": 1, "seconds_of_last_session": 1.0, "versions": {}}
    record |= {
        "crystals": len(ranked),
        "survivors": sum(one.passed for one in ranked),
        "checks": step_counts(ranked, recipe),
    }
    path = tmp_path / "report.html"
    write_report(path, report_data(ranked, recipe, record))
    return path


def test_the_report_names_no_address_and_forbids_itself_the_network(report: Path) -> None:
    page = report.read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    addresses = set(re.findall(r"https?://[^\s\"')]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg"}  # the name of a language, not an address
    assert not re.search(r"<(link|img|iframe)\b|\bsrc=|@import|url\(", page)


def test_names_of_crystals_cannot_become_part_of_the_page(report: Path) -> None:
    page = report.read_text(encoding="utf-8")
    assert HOSTILE not in page
    data = json.loads(page.split('id="data">')[1].split("</script>")[0])
    assert next(row["reason"] for row in data["rows"] if row["id"] == "lost") == HOSTILE
    assert [row["rank"] for row in data["rows"]][:2] == [1, 2]


@pytest.fixture
def browser() -> Iterator[Any]:
    spec = importlib.util.spec_from_file_location("browser", BROWSER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not module.CHROMIUM:
        pytest.skip("no chromium is installed: apt-get install chromium")
    with module.Browser() as browser:
        yield browser


def column(browser: Any, number: int) -> list[str]:
    script = f"[...document.querySelectorAll('#table tbody tr')].map((row) => row.children[{number}].textContent)"
    return list(browser.run(script))


def test_in_a_browser_it_opens_sorts_filters_and_turns_a_crystal(report: Path, browser: Any) -> None:
    browser.open(report)
    assert browser.run("document.querySelectorAll('.step').length") == 4  # reading and three checks
    assert browser.run("document.querySelector('h1').textContent") == RECIPE["name"]
    _sorts(browser)
    _filters(browser)
    _shows_and_turns(browser)
    assert browser.run("document.querySelectorAll('#scatter circle').length") > 3
    assert browser.problems == []
    assert browser.requests == [report.as_uri()]


def _sorts(browser: Any) -> None:
    ranked = column(browser, 1)
    assert len(ranked) == len(NAMES) + 2
    atoms = "#table thead tr:first-child th:nth-child(5)"
    for descending in (False, True):
        browser.click(atoms)
        known = [int(text) for text in column(browser, 4) if text]
        assert known == sorted(known, reverse=descending)
        assert column(browser, 4)[-1] == ""  # what could not be read stays last
    browser.click(atoms)
    assert column(browser, 1) == ranked


def _filters(browser: Any) -> None:
    browser.write("#table tr.filters th:nth-child(5) input", ">=8")
    assert all(int(text) >= 8 for text in column(browser, 4))
    assert 0 < len(column(browser, 4)) < len(NAMES)
    browser.click("#clear-filters")
    browser.write("#table tr.filters th:nth-child(3) input", "li")
    assert sorted(column(browser, 2)) == ["Li2O", "Li3N"]
    browser.click("#clear-filters")
    browser.click(".step[data-check='distances']")
    assert column(browser, 1) == ["crushed"]
    browser.run("document.querySelector('#fate').value = 'all'")
    browser.run("document.querySelector('#fate').dispatchEvent(new Event('change'))")
    assert len(column(browser, 1)) == len(NAMES) + 2


def _shows_and_turns(browser: Any) -> None:
    browser.click("#table tr[data-id='SrTiO3']")
    assert browser.run("document.querySelector('#chosen-title').textContent").startswith("SrTiO3")
    assert browser.run("document.querySelector('#legend').textContent") == "SrTiO"
    picture = "document.querySelector('#crystal').toDataURL()"
    before = browser.run(picture)
    browser.drag("#crystal", 60, 25)
    turned = browser.run(picture)
    assert turned != before
    browser.run("document.querySelector('#crystal').focus()")
    browser.ask("Input.dispatchKeyEvent", type="keyDown", key="ArrowLeft")
    assert browser.run(picture) != turned
    browser.click("#table tr[data-id='lost']")
    assert browser.run("document.querySelector('#verdicts').textContent").count("not run") == 3


def test_where_each_number_comes_from_is_said(report: Path, browser: Any) -> None:
    browser.open(report)
    sources = browser.run("document.querySelector('#sources').textContent")
    assert "Cordero" in sources
    assert "share_at_least = 0.1" in sources
