"""The tables of a run's results: units as they are written, and no cell as wide as a page."""

from pages.parts.train import results


def test_units_are_written_as_elsewhere():
    assert [results._number(3.94, unit) for unit in ("%", "px", "")] == ["3.9%", "3.9 px", "3.940"]


def test_the_verdict_is_no_cell_of_the_table():
    written = results._written({"skill": 0.5, "baseline": None, "verdict": "A sentence."})
    assert written == {"skill": ["0.5"], "baseline": ["–"]}
