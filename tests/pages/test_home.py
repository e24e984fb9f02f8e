"""Home: three answers to one picture, the pages in reading order, what is ready; and no network is loaded for it."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from engine import paths
from engine.config import TrainConfig
from engine.inference import home_predictions
from engine.training.quick import int8_check
from pages.parts.home import contents
from tests.lesson_data import APP, VOCAB, button, point_app_at, texts, write_all

SCENE, HEAD = "scenes/train/003.jpg", "heads/01/frame_00003_rgb.jpg"
SHOWN = [
    {
        "title": "Two kinds",
        "image": SCENE,
        "predictions": {
            "single-label": [2.0, 1.9, -3.0, -4.0],
            "multi-label": [3.0, 2.5, -2.0, -0.1],
            "points": [31.4, 12.6],
        },
    },
    {
        "title": "A head",
        "image": HEAD,
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
    (folder / "runs" / "showcase.json").write_text(json.dumps(SHOWN))
    return folder


def _home(images: str = "Drawings") -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["images"] = images
    return app.run()


def test_home_opens_on_a_photograph_on_which_all_three_predictions_are_right():
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    assert [head.value for head in app.subheader][:2] == ["tripod", "person"]
    assert "px" in app.subheader[2].value
    app.get("button_group")[-1].set_value("An astronaut").run()
    assert "person" in [head.value for head in app.subheader]
    assert any("between the eyes at x" in head.value for head in app.subheader)


def test_without_stored_predictions_home_says_how_to_make_them(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.inference.photo_showcase.file", lambda: tmp_path / "none.json")
    app = _home("Photographs")
    assert not app.exception and "python -m engine.inference.photo_showcase" in texts(app)


def _answers(app) -> list[str]:
    return [heading.value for heading in app.subheader]


def test_three_answers_to_one_picture(answered):
    app = _home()
    assert not app.exception
    assert _answers(app) == ["bear", "bear and cat", "at x 31 px, y 13 px"]
    assert "softmax 0.522, then cat 0.473" in texts(app)


def test_the_other_picture_has_its_own_answers(answered):
    app = _home()
    app.segmented_control(key="picture").set_value("A head").run()
    assert _answers(app) == ["dog", "nothing that it knows", "at x 10 px, y 20 px"]


def test_the_runs_own_thresholds_decide(answered):
    run = home_predictions.bundled_runs()["multi-label"]
    run.save_thresholds(dict.fromkeys(VOCAB, 0.4))
    assert _answers(_home())[1] == "bear, cat and horse"


def test_without_stored_answers_the_networks_are_asked_on_demand(folder, monkeypatch):
    monkeypatch.setattr(
        home_predictions, "ask", lambda by_task: [home_predictions.HomeExample(**one) for one in SHOWN]
    )
    app = _home()
    assert not app.exception and _answers(app) == []
    button(app, "Ask the three networks").click().run()
    assert _answers(app) == ["bear", "bear and cat", "at x 31 px, y 13 px"]
    app.segmented_control(key="picture").set_value("A head").run()
    assert _answers(app)[0] == "dog"


def test_a_network_that_cannot_answer_is_one_sentence(folder):
    """The weights of the test's runs are empty files."""
    app = _home()
    button(app, "Ask the three networks").click().run()
    assert not app.exception
    assert len(app.error) == 1


def test_what_is_ready_never_stands_without_its_baseline(answered):
    said = texts(_home())
    assert "median error **3.1 px**, 1.0% of the width (always the mean point: 41.0 px)" in said
    assert "multi\\-label \\(bundled\\)" in said
    assert "what it reached was not kept" in said


def test_with_nothing_trained_every_task_says_how(tmp_path, monkeypatch):
    point_app_at(tmp_path / "empty", monkeypatch)
    app = _home()
    assert not app.exception
    commands = "\n".join(one.value for one in app.code)
    for task in ("single-label", "multi-label", "points"):
        assert f"--task {task}" in commands


def test_every_page_is_linked_in_reading_order_with_its_description(answered):
    numbers = [int(path.name.split("_")[0]) for path in contents.in_order()]
    assert numbers == sorted(numbers)
    assert {path.name for path in contents.in_order()} == {
        path.name for path in (paths.ROOT / "pages").glob("*.py")
    }
    links = [link.proto.page for link in _home().get("page_link")]
    wanted = [path.stem.partition("_")[2] for path in contents.in_order()]
    assert [page.rsplit("/", 1)[-1] for page in links if page.rsplit("/", 1)[-1] in wanted][
        -len(wanted) :
    ] == wanted
    for path in contents.in_order():
        assert len(contents.description(str(path), 0)) > 10


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        "3",
        '[{"title": "a"}]',
        '[{"title": "a", "image": "b", "predictions": {"points": [1, 2]}}]',
    ],
)
def test_broken_stored_answers_count_as_none(folder, text):
    (folder / "runs" / "showcase.json").write_text(text)
    assert home_predictions.stored() == []


def test_stored_answers_to_pictures_that_are_gone_are_left_out(answered):
    (answered / SCENE).unlink()
    assert [shown.image for shown in home_predictions.stored()] == [HEAD]


@pytest.mark.parametrize("page", ["", "1_One_hot", "2_BCE_and_CE", "3_Threshold"])
def test_home_and_the_first_lessons_load_no_torch(page):
    """In a process of its own, as the bundled data stand now."""
    code = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({APP!r}, default_timeout=120).run()\n"
        f"app = app.switch_page('pages/{page}.py').run() if {page!r} else app\n"
        "assert not app.exception, app.exception\n"
        "found = {'torch', 'fastai', 'scipy', 'sklearn', 'plotly.express'} & set(sys.modules)\n"
        "assert not found, found\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=paths.ROOT, timeout=240)


@pytest.mark.skipif(not home_predictions.stored(), reason="no answers of the bundled networks are stored")
def test_stored_answers_are_what_the_bundled_networks_say(tmp_path, monkeypatch):
    """Run `python -m engine.inference.home_predictions` after training the bundled runs anew.

    In floats: some processors predict in integers, whose probabilities differ by a little.
    """
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path))
    monkeypatch.setattr(int8_check, "is_passed", lambda folder: False)
    fresh = home_predictions.ask(home_predictions.bundled_runs())
    stored = home_predictions.stored()
    assert [(one.title, one.image) for one in stored] == [(one.title, one.image) for one in fresh]
    for was, now in zip(stored, fresh, strict=True):
        for task, values in was.predictions.items():
            np.testing.assert_allclose(now.predictions[task], values, atol=0.05 if task == "points" else 5e-3)
