"""Home: three heads and losses for one image, the two ways in, what is ready; and no network is loaded for it."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from engine import paths
from engine.config import TrainConfig
from engine.inference import home_predictions
from pages.parts.home.next_lesson import minutes, next_lesson
from pages.parts.shared.lessons import LESSONS
from tests.lesson_data import APP, VOCAB, button, point_app_at, texts, write_all

SCENE, HEAD = "scenes/train/003.jpg", "home/head.jpg"
SHOWN = [
    {
        "title": "Two kinds",
        "image": SCENE,
        "targets": {"single-label": None, "multi-label": ["bear", "cat"], "points": None},
        "predictions": {
            "single-label": [2.0, 1.9, -3.0, -4.0],
            "multi-label": [3.0, 2.5, -2.0, -0.1],
            "points": [31.4, 12.6],
        },
    },
    {
        "title": "A head",
        "image": HEAD,
        "targets": {"single-label": "dog", "multi-label": [], "points": [12.0, 20.0]},
        "predictions": {
            "single-label": [0.0, 0.0, 0.5, 0.0],
            "multi-label": [-3.0, -2.5, -2.0, -4.0],
            "points": [10.0, 20.0],
        },
    },
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    write_all(tmp_path)
    points = tmp_path / "runs" / "points"
    points.mkdir()
    (points / "config.json").write_text(TrainConfig("points", str(tmp_path / "heads")).to_json())
    (points / "vocab.json").write_text("[]")
    for name in ("history.csv", "weights.safetensors", "predictions.csv"):
        (points / name).write_text("")
    (points / "metrics.json").write_text(
        '{"median_error_px": 3.14, "median_error_percent_of_width": 0.98, "mean_point_median_error_px": 41.0}'
    )
    (points / "status.json").write_text('{"state": "finished"}')
    (tmp_path / HEAD).parent.mkdir(parents=True)
    Image.new("RGB", (320, 240)).save(tmp_path / HEAD)
    point_app_at(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture
def answered(folder):
    (folder / "runs" / "showcase.json").write_text(json.dumps({"version": 2, "examples": SHOWN}))
    return folder


def _home(images: str = "Drawings", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in ({"images": images} | address).items():
        app.query_params[name] = value
    return app.run()


def _diagram(app) -> str:
    """The diagram's words, one line for each piece of text."""
    html = next(one.proto.body for one in app.get("html") if 'class="flow"' in one.proto.body)
    return re.sub(r"(\s*<[^>]+>\s*)+", "\n", html.partition("</style>")[2])


def test_home_opens_on_a_photograph_on_which_all_three_predictions_are_right():
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    said = _diagram(app)
    assert said.count("✓ right") == 3 and "✗" not in said
    for part in ("tripod", "person", "x 117, y 67 px", "target: tripod", "−log 0.9512 = 0.05"):
        assert part in said


def test_a_failure_says_so_on_its_button_and_in_the_diagram():
    app = AppTest.from_file(APP, default_timeout=60).run()
    titles = [option.content for option in app.get("button_group")[-1].proto.options]
    assert titles[:3] == ["A photographer", "A cup of coffee", "Fails: a cat"]
    app = _home("Photographs", photograph="Fails: an astronaut")
    assert "✗ wrong" in _diagram(app) and "no class for a person" in _diagram(app)


def test_the_switch_changes_only_which_head_and_loss_light_up():
    app = AppTest.from_file(APP, default_timeout=60).run()
    html = next(one.proto.body for one in app.get("html") if 'class="flow"' in one.proto.body)
    app.segmented_control(key="loss").set_value("Mean squared error").run()
    other = next(one.proto.body for one in app.get("html") if 'class="flow"' in one.proto.body)
    assert other != html and other.count('class="row on"') == html.count('class="row on"') == 1
    words = [re.sub(r"<[^>]+>", "", one.partition("</style>")[2]) for one in (html, other)]
    assert words[0] == words[1]


def test_without_stored_predictions_home_says_how_to_make_them(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.inference.photo_showcase.file", lambda: tmp_path / "none.json")
    app = _home("Photographs")
    assert not app.exception and "python -m engine.inference.photo_showcase" in texts(app)


def test_a_drawing_shows_the_three_predictions_for_it(answered):
    app = _home()
    assert not app.exception
    said = _diagram(app)
    assert "bear and cat" in said and "x 31, y 13 px" in said and "the image has 2 labels" in said


def test_the_other_drawing_has_its_own_predictions(answered):
    app = _home(drawing="A head")
    said = _diagram(app)
    assert said.count("✓ right") == 3 and "x 10, y 20 px" in said and "none of them" in said


def test_the_runs_own_thresholds_decide(answered):
    run = home_predictions.bundled_runs()["multi-label"]
    run.save_thresholds(dict.fromkeys(VOCAB, 0.4))
    assert "bear, cat and horse" in _diagram(_home())


def test_without_stored_predictions_the_networks_are_asked_on_demand(folder, monkeypatch):
    monkeypatch.setattr(
        home_predictions, "ask", lambda by_task: [home_predictions.HomeExample(**one) for one in SHOWN]
    )
    app = _home()
    assert not app.exception and 'class="flow"' not in texts(app)
    button(app, "Predict with the three models").click().run()
    assert "x 31, y 13 px" in _diagram(app)


def test_a_network_that_cannot_predict_is_one_sentence(folder):
    """The weights of the test's runs are empty files, and the drawings are missing."""
    app = _home()
    button(app, "Predict with the three models").click().run()
    assert not app.exception
    assert len(app.error) == 1


def test_learning_starts_with_lesson_1_and_goes_on_with_the_next(answered):
    app = _home()
    links = [link.proto.label for link in app.get("page_link")]
    assert "Start with lesson 1" in links and "Try a photo now" in links
    assert {f"{lesson.heading}" for lesson in LESSONS.values()} <= set(links)
    app.session_state["progress_marks"] = {"1.complete.all": 1}
    app.run()
    links = [link.proto.label for link in app.get("page_link")]
    assert "Continue with lesson 2" in links and f"{LESSONS[1].heading} ✓" in links


def test_once_all_lessons_are_done_the_first_is_offered_again():
    assert next_lesson(list(LESSONS), True) == (1, "All 6 are done: read lesson 1 again")
    assert minutes() == sum(lesson.minutes for lesson in LESSONS.values()) == 40


def test_what_is_ready_never_stands_without_its_baseline(answered):
    said = texts(_home())
    assert "median error **3.1 px**, 1.0% of the width (always predicting the mean point: 41.0 px)" in said
    assert "multi\\-label \\(bundled\\)" in said
    assert "no metrics were kept" in said


def test_with_nothing_trained_every_task_says_how(tmp_path, monkeypatch):
    point_app_at(tmp_path / "empty", monkeypatch)
    app = _home()
    assert not app.exception
    commands = "\n".join(one.value for one in app.code)
    for task in ("single-label", "multi-label", "points"):
        assert f"--task {task}" in commands


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        "3",
        '[{"title": "a"}]',
        '{"version": 1, "examples": []}',
        '{"version": 2, "examples": [{"title": "a", "image": "b", "predictions": {"points": [1, 2]}}]}',
    ],
)
def test_broken_stored_answers_count_as_none(folder, text):
    (folder / "runs" / "showcase.json").write_text(text)
    assert home_predictions.stored() == []


def test_stored_answers_to_pictures_that_are_gone_are_left_out(answered):
    (answered / SCENE).unlink()
    assert [shown.image for shown in home_predictions.stored()] == [HEAD]


OPENED_IN_TURN = """
import sys
from streamlit.testing.v1 import AppTest

for page in ("", "1_One_hot", "2_BCE_and_CE", "3_Threshold"):
    app = AppTest.from_file("streamlit_app.py", default_timeout=240)
    app = app.switch_page(f"pages/{page}.py").run() if page else app.run()
    assert not app.exception, (page, app.exception)
    found = {"torch", "fastai", "scipy", "sklearn", "plotly.express"} & set(sys.modules)
    assert not found, (page, found)
"""


def test_home_and_the_first_lessons_load_no_torch():
    """In a process of its own, one page after the other, as the bundled data stand now."""
    subprocess.run([sys.executable, "-c", OPENED_IN_TURN], check=True, cwd=paths.ROOT)


@pytest.mark.skipif(not home_predictions.stored(), reason="no answers of the bundled networks are stored")
def test_stored_answers_are_what_the_bundled_networks_say(tmp_path, monkeypatch):
    """Run `python -m engine.inference.home_predictions` after training the bundled runs anew."""
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path))
    fresh = home_predictions.ask(home_predictions.bundled_runs())
    stored = home_predictions.stored()
    assert [(one.title, one.image) for one in stored] == [(one.title, one.image) for one in fresh]
    for was, now in zip(stored, fresh, strict=True):
        for task, values in was.predictions.items():
            np.testing.assert_allclose(now.predictions[task], values, atol=0.05 if task == "points" else 5e-3)
