"""Lesson 6: the race over labels runs before anything is touched, follows every slider, and predicts any image."""

import re
from io import BytesIO

import pytest
import torch
from PIL import Image

from engine.data import formats
from engine.experiments import loss_race
from engine.experiments.loss_race import worker_client
from engine.functional.loss_registry import choice
from engine.tasks import LOSSES, MULTI_LABEL
from engine.training import features
from engine.training.backbones import DRAWINGS
from pages.parts.race import labels as race_labels
from tests.lesson_data import chart, open_page, texts
from tests.pages.race.lesson import NAMES, PAGE, ends, raced, title
from tests.shown_code import shown_code


def test_the_losses_in_the_code_are_those_that_race(made):
    code = (
        shown_code(open_page(PAGE, kind="Drawings"))
        .replace("dls = multi_label_block", "# dls")
        .partition("for loss in")[0]
    )
    shown: dict = {}
    exec(code, shown)
    chance = torch.Generator().manual_seed(0)
    logits, targets = (
        4 * torch.randn(5, 4, generator=chance),
        torch.randint(0, 2, (5, 4), generator=chance).float(),
    )
    targets[0] = 0
    names = {
        "bce": "binary_cross_entropy",
        "inverted": "binary_cross_entropy_as_printed",
        "squared_error": "mean_squared_error",
    } | {name: name for name in ("cross_entropy", "focal", "asymmetric")}
    assert {*names.values()} <= {*LOSSES[MULTI_LABEL]}
    for name, ours in names.items():
        expected = choice(MULTI_LABEL, ours).function(logits, targets)
        torch.testing.assert_close(shown[name](logits, targets), expected, msg=name)


def test_the_race_is_run_before_anything_is_touched(made):
    app = open_page(PAGE, kind="Drawings")
    assert not app.exception
    finished, course = raced(MULTI_LABEL, made / "scenes")
    ranking = loss_race.mean_average_precisions(finished, course)
    assert ends(app, 0) == pytest.approx(ranking[-1].tolist())
    assert f"{ranking[-1].max():.3f}" in title(app, 0)
    assert [len(trace.x) for trace in chart(app, 1).data] == [12] * 6


@pytest.mark.parametrize(
    ("key", "value", "name"),
    [
        ("lr", 0.01, "lr"),
        ("epochs", 3, "epochs"),
        ("batch", 32, "batch_size"),
        ("decay", 1.0, "weight_decay"),
        ("seed", 7, "seed"),
    ],
)
def test_every_slider_runs_the_race_anew_and_stands_in_the_address(made, key, value, name):
    app = open_page(PAGE, kind="Drawings")
    sliders = {one.key: one for one in [*app.slider, *app.select_slider]}
    sliders[key].set_value(value).run()
    finished, course = raced(MULTI_LABEL, made / "scenes", **{name: value})
    assert ends(app, 0) == pytest.approx(loss_race.mean_average_precisions(finished, course)[-1].tolist())
    app = open_page(PAGE, kind="Drawings", **{key: str(value)})
    sliders = {one.key: one for one in [*app.slider, *app.select_slider]}
    assert sliders[key].value == value


def test_the_threshold_scores_the_answers_and_trains_nothing(made, monkeypatch):
    app = open_page(PAGE, kind="Drawings", measure="exact match")
    finished, course = raced(MULTI_LABEL, made / "scenes")
    monkeypatch.setattr(worker_client, "run", lambda *_: pytest.fail("a threshold needs no training"))
    app.slider(key="threshold").set_value(0.2).run()
    assert not app.exception
    scores = loss_race.label_scores(
        finished, course, 0.2, loss_race.mean_average_precisions(finished, course)
    )
    assert ends(app, 0) == pytest.approx(scores.groupby("lane", sort=False).last()["exact_match"].tolist())


def test_two_pictures_are_answered_by_every_head(made):
    said = texts(open_page(PAGE, kind="Drawings"))
    panels = re.findall(r'<div class="heads">.*?</div></div>(?!<div)', said, re.DOTALL)
    assert len(panels) == 3
    for panel in panels:
        assert [name for name in NAMES if f"</i>{name}</div>" in panel] == NAMES
    dataset = formats.load(made / "scenes", MULTI_LABEL).part(valid=True)
    chosen = race_labels.two_kinds(dataset)
    labels = dict(zip(dataset.table["fname"], dataset.table["labels"], strict=True))
    assert set(labels[chosen]) == {"bear", "dog"}
    for label in labels[chosen]:
        assert panels[0].count(f" {label} ") == 6


def test_any_validation_picture_can_be_chosen_and_its_numbers_are_the_heads(made):
    finished, course = raced(MULTI_LABEL, made / "scenes")
    fname = course.valid.table["fname"].iloc[5]
    said = texts(open_page(PAGE, kind="Drawings", race_picture=fname))
    table = re.search(r'<div class="numbers">(.*?)</table>', said, re.DOTALL).group(1)
    numbers = [float(n) for n in re.findall(r"<td[^>]*>([\d.]+)<", table)]
    probs = finished.valid_predictions(5)
    assert numbers == pytest.approx(probs.T.ravel().tolist(), abs=0.006)
    assert re.findall(r"● (\w+)", table) == list(course.valid.table["labels"].iloc[5])


def test_an_uploaded_picture_is_answered(made):
    app = open_page(PAGE, kind="Drawings", race_picture_from="Your own")
    packed = BytesIO()
    Image.new("RGB", (90, 60), (200, 90, 160)).save(packed, "PNG")
    app.file_uploader(key="race_picture_upload").set_value(("mine.png", packed.getvalue(), "image/png")).run()
    assert not app.exception and not app.error
    finished, course = raced(MULTI_LABEL, made / "scenes")
    seen = features.of_image(Image.new("RGB", (90, 60), (200, 90, 160)), DRAWINGS)
    probs = finished.predictions(course.standardised(seen))
    table = re.search(r'<div class="numbers">(.*?)</table>', texts(app), re.DOTALL).group(1)
    numbers = [float(n) for n in re.findall(r"<td[^>]*>([\d.]+)<", table)]
    assert numbers == pytest.approx(probs.T.ravel().tolist(), abs=0.006)
    assert "●" not in table
