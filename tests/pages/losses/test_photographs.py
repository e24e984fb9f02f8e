"""Lesson 2 on photographs: the models' own outputs, and labels that only one of them knows."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from engine.data import example_photographs
from engine.images import open_image
from engine.inference import photo_models, photo_showcase
from tests.lesson_data import button, chart, texts
from tests.pages.losses.lesson import PAGE, REAL, loss_bars, open_page


def photograph(**address):
    return open_page(PAGE, logits=REAL, kind="Photographs", **address)


def test_a_photographs_losses_are_torchs_on_the_models_own_outputs():
    image = open_image(example_photographs.FOLDER / "chelsea.jpg")
    several = photo_models.load("multi-label").predict([image])[0]
    one = photo_models.load("single-label").label_probs(image)
    app = photograph(example="A cat")
    assert not app.exception
    bars = loss_bars(app)
    bce, ce = (
        next(terms for name, terms in bars.items() if name.startswith(way)) for way in ("binary", "cross")
    )
    labels = list(several.logits)
    logits = torch.tensor([several.logits[label] for label in labels], dtype=torch.float64)
    targets = torch.tensor([float(label == "cat") for label in labels], dtype=torch.float64)
    expected = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    np.testing.assert_allclose(bce, expected.numpy(), rtol=1e-4)
    known = [at for at, label in enumerate(labels) if label != "person"]
    np.testing.assert_allclose(ce.astype(float)[known], [-np.log(one[labels[at]]) for at in known], rtol=1e-4)
    assert ce[labels.index("person")] is None or np.isnan(ce[labels.index("person")])


def test_the_probability_of_a_label_is_the_sum_over_its_classes():
    image = open_image(example_photographs.FOLDER / "chelsea.jpg")
    model = photo_models.load("single-label")
    probs = model.all_probs(image)
    assert probs.sum() == pytest.approx(1, abs=1e-5)
    assert model.label_probs(image)["cat"] == pytest.approx(probs[281:286].sum(), rel=1e-6)
    assert "person" not in model.label_probs(image)


def test_what_an_example_photograph_shows_is_ticked():
    app = photograph(example="A photographer")
    assert next(one for one in app.button_group if one.label == "In the image").value == ["person"]


def test_missing_examples_are_one_sentence(monkeypatch):
    monkeypatch.setattr(photo_showcase, "stored", list)
    app = photograph()
    assert not app.exception and "example photographs are missing" in texts(app)


def test_every_label_that_the_multi_label_model_knows_is_on_the_page():
    app, vocab = photograph(example="A cat"), photo_models.load("multi-label").vocab
    assert len(vocab) == 20 and "zebra" in vocab
    assert [slider.label for slider in app.slider] == [f"Logit of {label}" for label in vocab]
    assert [name.removeprefix("● ") for name in chart(app, -1).data[0].y] == list(vocab)
    known = photo_models.load("single-label").label_probs(
        open_image(example_photographs.FOLDER / "chelsea.jpg")
    )
    assert set(vocab) - set(known) == {"person"}


@pytest.mark.parametrize(
    ("present", "says", "never"),
    [
        ("cat", "for cat, the orange bar of the target", "does not know"),
        ("cat,dog", "for dog, but only one of them can be the target", "does not know"),
        (
            "person",
            "no orange bar for person, because the single-label model has no such class",
            "of the target",
        ),
        ("none", "no orange bar counts", "of the target"),
    ],
)
def test_the_orange_bars_are_spoken_of_as_they_are(present, says, never):
    stem = photograph(example="A cat").slider[0].key.removeprefix("z_").removesuffix("_bear")
    said = texts(photograph(example="A cat", **{f"present_{stem}": present}))
    assert says in said and never not in said


def test_a_button_is_only_named_where_it_is_or_with_the_way_to_it(at_home):
    own, real = open_page(PAGE), open_page(PAGE, logits=REAL, kind="Drawings", image="train/005.jpg")
    assert "Press “Logits of 1000”" in texts(own) and button(own, "Logits of 1000")
    assert "choose “Your own logits” at the top, and press “Logits of 1000”" in texts(real)
    assert "Press “Logits" not in texts(real)
