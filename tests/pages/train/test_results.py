"""The tables of a run's results: units as they are written, and no cell as wide as a page."""

import pandas as pd
import pytest

from pages.parts.shared import tables
from pages.parts.train import results


def test_units_are_written_as_elsewhere():
    assert [results._number(3.94, unit) for unit in ("%", "px", "")] == ["3.9%", "3.94 px", "3.940"]


def test_the_figures_of_a_class_are_rounded_once(monkeypatch):
    shown = []
    monkeypatch.setattr(tables.st, "html", shown.append)
    results._classes(pd.DataFrame({"class": ["banana"], "precision": [21 / 22], "is_rare": [False]}))
    assert "0.9545" in shown[0]


@pytest.mark.parametrize("gain", [6.34, 6.36])
def test_the_means_in_the_table_differ_by_what_the_verdict_says(gain):
    own, constant = (float(results._number(value, "px").split()[0]) for value in (4.92, 4.92 + gain))
    assert f"{constant - own:.1f}" == f"{gain:.1f}"


def test_the_verdict_is_no_cell_of_the_table():
    written = results._written({"skill": 0.5, "baseline": None, "verdict": "A sentence."})
    assert written == {"skill": ["0.5"], "baseline": ["–"]}
