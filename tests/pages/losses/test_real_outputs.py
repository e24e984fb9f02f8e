"""Lesson 2: the numbers on the page are torch's for a trained network's outputs."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from pages.parts.shared import runs
from tests.lesson_data import VOCAB, point_app_at, texts
from tests.pages.losses.lesson import PAGE, REAL, drawn_bars, loss_bars, open_page
from tests.shown_code import shown_code


def test_a_sample_image_shows_the_networks_stored_outputs_to_the_last_digit(at_home, made):
    app = open_page(PAGE, kind="Drawings", logits=REAL, image="train/007.jpg")
    assert not app.exception
    said = made["multi-label"].predictions
    logits = torch.tensor(said.logits[said.fnames.index("train/007.jpg")], dtype=torch.float64)
    np.testing.assert_allclose(drawn_bars(app)["sigmoid"], logits.sigmoid(), rtol=1e-12)
    np.testing.assert_allclose(drawn_bars(app)["softmax"], logits.softmax(-1), rtol=1e-12)


def test_every_class_has_a_loss_under_both_trained_networks(at_home, made):
    app = open_page(PAGE, kind="Drawings", logits=REAL, image="train/005.jpg")
    several, single = made["multi-label"].predictions, made["single-label"].predictions
    place, place_single = several.fnames.index("train/005.jpg"), single.fnames.index("train/005.jpg")
    bars = loss_bars(app)
    logits, targets = torch.tensor(several.logits[place]), torch.tensor(several.targets[place]).float()
    bce = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    np.testing.assert_allclose(bars["binary cross-entropy of this class"], bce, rtol=1e-5)
    every = torch.tensor(single.logits[place_single]).expand(4, 4)
    ce = functional.cross_entropy(every, torch.arange(4), reduction="none")
    np.testing.assert_allclose(bars["cross-entropy if this were the label"], ce, rtol=1e-5)


def test_an_own_image_is_given_to_both_models(at_home, made, monkeypatch):
    asked = []

    class Model:
        def __init__(self, run):
            self.run = run

        def predict(self, pictures):
            asked.append((self.run.task, pictures[0].size))
            answer = type("Answer", (), {"logits": np.array([1.0, -1.0, 0.5, 0.0], np.float32)})
            return [answer]

    monkeypatch.setattr(runs, "model", Model)
    file = io.BytesIO()
    Image.new("RGB", (90, 60), (3, 200, 3)).save(file, "JPEG")
    app = open_page(PAGE, kind="Drawings", logits=REAL, image_from="Your own")
    app.file_uploader(key="image_upload").set_value(("mine.jpg", file.getvalue(), "image/jpeg")).run()
    assert not app.exception
    assert sorted(asked) == [("multi-label", (90, 60)), ("single-label", (90, 60))]
    assert drawn_bars(app)["sigmoid"][0] == pytest.approx(float(torch.tensor(1.0).sigmoid()))
    assert len(loss_bars(app)) == 2


def test_a_network_that_cannot_answer_is_one_sentence(at_home):
    """The weights of the test's runs are empty files."""
    file = io.BytesIO()
    Image.new("RGB", (50, 30), (9, 9, 9)).save(file, "JPEG")
    app = open_page(PAGE, kind="Drawings", logits=REAL, image_from="Your own")
    app.file_uploader(key="image_upload").set_value(("mine.jpg", file.getvalue(), "image/jpeg")).run()
    assert not app.exception
    assert "cannot predict" in app.error[0].value


def test_without_a_run_the_real_outputs_say_how_to_train_one(tmp_path, monkeypatch):
    point_app_at(tmp_path, monkeypatch)
    app = open_page(PAGE, kind="Drawings", logits=REAL)
    assert not app.exception
    assert "No multi-label run is ready" in app.info[0].value


def test_the_code_shown_runs(at_home):
    code = shown_code(open_page(PAGE, kind="Drawings"))
    names: dict = {}
    exec(code, names)
    logits, targets = torch.tensor([[0.5, -2.0]]), torch.tensor([[1, 0]])
    expected = functional.binary_cross_entropy_with_logits(logits, targets.float())
    assert names["binary_cross_entropy"](logits, targets) == pytest.approx(float(expected))


def test_the_vocabulary_of_the_sliders_is_the_texts(at_home):
    app = open_page(PAGE, kind="Drawings")
    assert [slider.label for slider in app.slider] == [f"Logit of {label}" for label in VOCAB]


def test_without_orange_bars_nothing_is_said_of_them(at_home, made):
    single = made["single-label"].folder / "status.json"
    kept = single.read_text()
    single.write_text('{"state": "failed"}')
    try:
        app = open_page(PAGE, kind="Drawings", logits=REAL, image="train/005.jpg")
        assert len(loss_bars(app)) == 1 and "orange" not in texts(app)
    finally:
        single.write_text(kept)
