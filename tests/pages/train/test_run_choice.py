"""Train for one's own dataset: only runs on it are its result, examples are called so, and links open in view."""

import pytest
from streamlit.testing.v1 import AppTest

from engine.config import TrainConfig
from engine.data import library
from engine.runs import Run
from engine.tasks import MULTI_LABEL
from pages.parts.shared import workflow_facts, workflow_steps
from pages.parts.shared.workflow_steps import Facts
from tests.lesson_data import button, open_page, texts, write_run
from tests.pages.train.form_data import PAGE
from tests.tiny_data import labelled


@pytest.fixture
def mine(home, monkeypatch) -> str:
    """A dataset of the library, as the form holds it, next to bundled runs on samples."""
    monkeypatch.setenv("LOSS_LAB_DATA", str(home / "library"))
    return workflow_facts.typed(library.add("mine", MULTI_LABEL, in_place=labelled(home / "squares")))


def _run_on(home, data: str, name: str = "first") -> Run:
    run = write_run(home / "own" / name, home / "scenes")
    (run.folder / "config.json").write_text(TrainConfig(MULTI_LABEL, data).to_json())
    return run


def _watched(app: AppTest) -> list[str]:
    return [box.value for box in app.selectbox if box.key == "train_run"]


def _step(app: AppTest, name: str) -> str:
    return next(one.proto.icon for one in app.get("page_link") if one.proto.label == name)


def test_without_a_run_on_the_dataset_nothing_is_shown_as_its_result(home, mine):
    app = open_page(PAGE, data=mine)
    assert not app.exception and _watched(app) == []
    assert "There is no run on this dataset yet" in texts(app)
    assert "check_circle" in _step(app, "Import") and "check_circle" not in _step(app, "Train")
    labels = [one.proto.label for one in app.get("page_link")]
    assert "Export model" not in labels and not any("Export" in one.label for one in app.button)


def test_examples_are_shown_when_asked_for_and_called_so(home, mine):
    app = open_page(PAGE, data=mine)
    app.checkbox(key="train_other_runs").check().run()
    assert not app.exception and _watched(app)[0].endswith("(bundled)")
    assert "is an example that comes with Loss Lab" in texts(app)
    assert "check_circle" not in _step(app, "Train")


def test_a_run_on_the_dataset_is_its_result(home, mine):
    _run_on(home, mine)
    _run_on(home, "sample_data/scenes", "other")
    app = open_page(PAGE, data=mine)
    assert _watched(app) == ["first"] and "is an example" not in texts(app)
    assert "check_circle" in _step(app, "Train")


def test_an_address_that_names_another_run_shows_it(home, mine):
    _run_on(home, "sample_data/scenes", "other")
    app = open_page(PAGE, data=mine, run="other")
    assert _watched(app) == ["other"] and "There is no run on this dataset yet" not in texts(app)


def test_a_started_run_is_watched_above_the_button_that_started_it(home, mine, asked):
    app = open_page(PAGE, data=mine)
    button(app, "Start training").click().run()
    everything = _in_order(app)
    assert everything.index("**my run** is **queued**") < everything.index("Start training")
    assert "\n".join(everything).count("**my run** is **queued**") == 1


def _in_order(app: AppTest) -> list[str]:
    """What the page shows, from top to bottom: markdown without its icons, and the labels of buttons."""
    found: list[str] = []

    def walk(block) -> None:
        for child in block.children.values():
            if hasattr(child, "children"):
                walk(child)
            elif child.type == "button":
                found.append(child.label)
            elif child.type in ("markdown", "header"):
                found.append(child.value.partition(": ")[2] or child.value)

    walk(app.main)
    return found


def test_the_link_to_export_opens_export_above_the_form(home, mine):
    _run_on(home, mine)
    facts = Facts(MULTI_LABEL, "mine", mine, 30, 0, "first", "finished", is_ready=True)
    step = workflow_steps.steps(facts)[-1]
    app = open_page(PAGE, **step.query)
    everything = _in_order(app)
    assert everything.index("Export model") < everything.index("Export “first”")
    assert everything.index("Export “first”") < everything.index("Start training")
    assert app.selectbox(key="train_data").value == mine


def test_export_that_is_pressed_opens_where_it_was_pressed(home, mine):
    _run_on(home, mine)
    app = open_page(PAGE, data=mine)
    app.segmented_control(key="show").set_value("Export").run()
    everything = _in_order(app)
    assert everything.index("Start training") < everything.index("Export “first”")


def test_a_damaged_run_is_called_so(home, mine):
    run = _run_on(home, mine)
    assert "is damaged" not in texts(open_page(PAGE, data=mine))
    (run.folder / "weights.safetensors").unlink()
    app = open_page(PAGE, data=mine)
    assert not app.exception and _watched(app) == ["first"]
    assert any("safetensors is missing" in one.value and "under Runs" in one.value for one in app.warning)
