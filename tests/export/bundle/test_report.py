"""The report inside a zip: true to the run, whole in one file, and nothing in it runs."""

import re

import pytest

from engine import paths
from engine.export.bundle import report
from engine.export.bundle.report import markup
from engine.runs import Run
from engine.tasks import TASKS


@pytest.fixture(scope="module", params=TASKS)
def told(request) -> tuple[Run, str]:
    run = Run(paths.BUNDLED_RUNS / request.param)
    return run, report.html(run)


def test_what_was_reached_stands_beside_what_needs_no_network(told):
    run, html = told
    reached, without = {
        "multi-label": ("accuracy_multi", "do_nothing_accuracy"),
        "single-label": ("accuracy", "most_frequent_accuracy"),
        "points": ("median_error_px", "mean_point_median_error_px"),
    }[run.task]
    digits = {"multi-label": 4, "single-label": 3, "points": 1}[run.task]
    for name in (reached, without):
        assert f"{run.metrics[name]:.{digits}f}" in html, name


def test_nothing_in_it_runs_or_is_fetched(told):
    html = told[1]
    assert not re.search(r"<script|\son\w+=|javascript:", html, re.IGNORECASE)
    assert all(source.startswith("data:image/") for source in re.findall(r'src="([^"]*)"', html))
    assert "default-src &#x27;none&#x27;" in html


def test_what_a_person_wrote_is_text_and_never_markup():
    bad = '<img src=x onerror="alert(1)">&'
    html = markup.page(bad, [markup.table([bad], [[bad, bad]]), markup.image(b"", bad), markup.tag("p", bad)])
    assert "<img src=x" not in html and 'onerror="' not in html
    assert html.count("&lt;img src=x") == 6


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_it_opens_without_a_network_a_complaint_or_sideways_scroll(told, page, tmp_path, width):
    run, html = told
    file = tmp_path / "report.html"
    file.write_text(html, encoding="utf-8")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(file.as_uri())
    assert page.get_by_role("heading", level=1).inner_text() == run.name
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.troubles == []
