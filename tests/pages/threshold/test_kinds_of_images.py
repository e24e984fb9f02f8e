"""Lesson 3: the kinds of images, and the visitor's own runs."""

import pytest

from engine.functional import metrics
from tests.lesson_data import button, open_page, texts, write_run
from tests.pages.threshold.lesson import PAGE, drawings


@pytest.fixture
def mine(at_home, folder):
    """Two runs of the visitor's own besides the bundled one."""
    return [
        write_run(folder / "own" / name, folder / "scenes", seed=seed) for name, seed in (("a", 5), ("b", 6))
    ]


def _guessed(app):
    return button(app, "Show me").click().run()


def _kind(app):
    return app.segmented_control(key="kind")


def _nothing(run) -> str:
    found = run.predictions
    return f"{metrics.accuracy_multi(found.probs, found.targets, 0.5):.4f}"


def test_the_visitors_runs_are_a_kind_of_their_own_where_there_are_any(mine, run):
    app = _guessed(open_page(PAGE))
    assert (
        _kind(app).options == ["Photographs", "Drawings", "Your runs"] and _kind(app).value == "Photographs"
    )
    _kind(app).set_value("Drawings").run()
    assert "run" not in {one.key for one in app.selectbox} and _nothing(run) in texts(app)
    _kind(app).set_value("Your runs").run()
    assert app.selectbox(key="run").options == ["a", "b"] and _nothing(mine[0]) in texts(app)
    app.selectbox(key="run").set_value("b").run()
    assert _nothing(mine[1]) in texts(app)


def test_without_runs_of_ones_own_there_are_two_kinds(at_home):
    assert _kind(open_page(PAGE)).options == ["Photographs", "Drawings"]
    assert _kind(open_page(PAGE, kind="Your runs")).value == "Photographs"


@pytest.mark.parametrize(
    ("address", "kind", "shown"),
    [
        ({"run": "b"}, "Your runs", "b"),
        ({"kind": "Your runs", "run": "b"}, "Your runs", "b"),
        ({"kind": "Your runs"}, "Your runs", "a"),
        ({"kind": "Drawings", "run": "b"}, "Drawings", None),
        ({"run": "multi-label (bundled)"}, "Drawings", None),
        ({"kind": "Photographs"}, "Photographs", None),
        ({"run": "gone"}, "Drawings", None),
    ],
)
def test_addresses_of_kinds_and_runs_work(mine, address, kind, shown):
    app = open_page(PAGE, **address)
    assert not app.exception and _kind(app).value == kind
    assert [box.value for box in app.selectbox if box.key == "run"] == ([shown] if shown else [])


def test_every_line_of_the_legend_is_drawn_as_on_the_chart(at_home):
    said = texts(drawings()).partition('<div class="lines">')[2].partition("</div>")[0]
    assert said.count("<i style") == 3 and said.count("dashed") == 1
    assert "<svg" not in said  # Streamlit removes it


def test_the_stepper_stands_over_the_visitors_own_runs_alone(mine):
    links = {one.proto.label for one in open_page(PAGE, kind="Your runs").get("page_link")}
    assert {"Import", "Label", "Train", "Threshold", "Export"} <= links
    assert "Export" not in {one.proto.label for one in open_page(PAGE, kind="Drawings").get("page_link")}
