"""Lesson 6: the race over labels follows every slider, plays its epochs, and predicts any image."""

import json
import re
from io import BytesIO

import pytest
import torch
from PIL import Image

from engine.data import formats
from engine.experiments.loss_race import worker_client
from engine.functional.loss_registry import choice
from engine.tasks import LOSSES, MULTI_LABEL
from engine.training import features
from engine.training.backbones import DRAWINGS
from pages.parts.race.label_subjects import two_kinds
from tests.lesson_data import chart, open_page, texts
from tests.pages.race.lesson import (
    FIRST,
    PAGE,
    drawings,
    ends,
    mean_scores,
    raced,
    title,
)
from tests.shown_code import shown_code


def test_the_losses_in_the_code_are_those_that_race(made):
    code = shown_code(open_page(PAGE, kind="Drawings")).partition("for loss in")[0]
    shown: dict = {}
    exec(code, shown)
    chance = torch.Generator().manual_seed(0)
    logits, targets = (
        4 * torch.randn(5, 4, generator=chance),
        torch.randint(0, 2, (5, 4), generator=chance).float(),
    )
    targets[0] = 0
    names = {"bce": "binary_cross_entropy", "inverted": "binary_cross_entropy_as_printed"}
    names |= {name: name for name in ("cross_entropy", "focal")}
    assert {*names.values()} <= {*LOSSES[MULTI_LABEL]}
    for name, ours in names.items():
        expected = choice(MULTI_LABEL, ours).function(logits, targets)
        torch.testing.assert_close(shown[name](logits, targets), expected, msg=name)


def test_cross_entropy_joins_the_race_after_the_guess(made):
    app = open_page(PAGE, kind="Drawings")
    assert not app.exception and "Which head can never name both" in texts(app)
    names = [trace.name for trace in chart(app).data if trace.fill is None]
    assert len(names) == 2 and "Cross-entropy" not in names
    assert "Cross-entropy joins the race after your guess" in texts(app) and not app.tabs
    alone = open_page(PAGE, kind="Drawings", losses="CE")
    assert not alone.exception and chart(alone).data


def test_three_losses_race_from_three_seeds(made):
    app = drawings()
    assert not app.exception
    races, course = raced(MULTI_LABEL, made / "scenes")
    assert ends(app) == pytest.approx(mean_scores(races, course, "several_labels"))
    assert [trace.name for trace in chart(app).data if trace.fill is None] == [
        lane.title for lane in races[0].lanes
    ]
    assert len([trace for trace in chart(app).data if trace.fill == "toself"]) == 3
    assert "exact match on images with several labels" in title(app)


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
def test_every_slider_races_again_and_stands_in_the_address(made, key, value, name):
    app = drawings(measure="Mean average precision")
    sliders = {one.key: one for one in [*app.slider, *app.select_slider]}
    sliders[key].set_value(value).run()
    races, course = raced(MULTI_LABEL, made / "scenes", **{name: value})
    assert ends(app) == pytest.approx(mean_scores(races, course, "mean_average_precision"))
    app = drawings(**{key: str(value)})
    sliders = {one.key: one for one in [*app.slider, *app.select_slider]}
    assert sliders[key].value == value


def test_the_threshold_scores_the_predictions_and_trains_nothing(made, monkeypatch):
    app = drawings(measure="Exact match")
    races, course = raced(MULTI_LABEL, made / "scenes")
    monkeypatch.setattr(worker_client, "run_seeds", lambda *_: pytest.fail("a threshold needs no training"))
    app.slider(key="threshold").set_value(0.2).run()
    assert not app.exception
    assert ends(app) == pytest.approx(mean_scores(races, course, "exact_match", 0.2))


def test_other_losses_race_by_a_press(made):
    app = drawings()
    app.pills(key="losses").set_value(["BCE", "inverted"]).run()
    names = [trace.name for trace in chart(app).data if trace.fill is None]
    assert names == ["binary cross-entropy", "BCE as the book prints it (inverted)"]
    assert app.query_params["losses"] == "BCE,inverted"
    app.pills(key="losses").set_value([]).run()
    assert not app.exception and len(ends(app)) == 3 and "Choose at least one loss" in texts(app)
    app.pills(key="losses").set_value(["MSE"]).run()
    assert not app.exception and len(ends(app)) == 1


def frames(app) -> dict:
    """What the player of the epochs was sent."""
    sent = [one.proto for one in app.get("bidi_component")]
    return next(data for proto in sent if "heads" in (data := json.loads(proto.json or "{}")))


def test_every_epoch_of_the_image_with_two_labels_can_be_played(made):
    sent = frames(drawings(epochs="4"))
    races, course = raced(MULTI_LABEL, made / "scenes", epochs=4)
    dataset = formats.load(made / "scenes", MULTI_LABEL).part(valid=True)
    at = dataset.table["fname"].tolist().index(two_kinds(dataset))
    assert set(dataset.table["labels"].iloc[at]) == {"bear", "dog"}
    assert sent["alt"] == "A drawing that shows bear, dog" and sent["epochs"] == 4
    assert [head["name"] for head in sent["heads"]] == FIRST
    for epoch in range(5):
        probs = races[0].valid_predictions(at, epoch)
        for head, values in zip(sent["heads"], probs, strict=True):
            words = [text for _, text in head["chips"][epoch]]
            for label in ("bear", "dog"):
                value = values[course.valid.vocab.index(label)]
                assert any(re.match(rf"[✓○] {label} {value:.2f}", text) for text in words)


def numbers_of(said: str) -> list[float]:
    table = re.search(r'<div class="numbers">(.*?)</table>', said, re.DOTALL).group(1)
    return [float(n) for n in re.findall(r"<td[^>]*>([\d.]+)<", table)]


def test_any_validation_image_can_be_chosen_and_its_numbers_are_the_heads(made):
    races, course = raced(MULTI_LABEL, made / "scenes")
    fname = course.valid.table["fname"].iloc[5]
    said = texts(drawings(race_picture=fname, evidence="Another image"))
    probs = races[0].valid_predictions(5)
    assert numbers_of(said) == pytest.approx(probs.T.ravel().tolist(), abs=0.006)
    table = re.search(r'<div class="numbers">(.*?)</table>', said, re.DOTALL).group(1)
    assert re.findall(r"● (\w+)", table) == list(course.valid.table["labels"].iloc[5])


def test_an_uploaded_image_is_predicted(made):
    app = drawings(race_picture_from="Your own", evidence="Another image")
    packed = BytesIO()
    Image.new("RGB", (90, 60), (200, 90, 160)).save(packed, "PNG")
    app.file_uploader(key="race_picture_upload").set_value(("mine.png", packed.getvalue(), "image/png")).run()
    assert not app.exception and not app.error
    races, course = raced(MULTI_LABEL, made / "scenes")
    seen = features.of_image(Image.new("RGB", (90, 60), (200, 90, 160)), DRAWINGS)
    probs = races[0].predictions(course.standardised(seen))
    assert numbers_of(texts(app)) == pytest.approx(probs.T.ravel().tolist(), abs=0.006)
    assert "● " not in texts(app).split('<div class="numbers">')[1].split("</table>")[0]


def test_the_training_losses_are_in_their_tab(made):
    app = drawings(evidence="Training losses")
    races, _ = raced(MULTI_LABEL, made / "scenes")
    drawn = chart(app, 1).data
    assert [trace.y[-1] for trace in drawn] == pytest.approx(races[0].step_losses[:, -1].tolist(), rel=1e-4)
