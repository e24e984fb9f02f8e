"""Lesson 6 on photographs: races over stored features, and predictions for example photographs."""

import re
from dataclasses import replace

import numpy as np
import pytest

from engine.data import example_photographs
from engine.experiments import loss_race
from engine.experiments.loss_race import photographs as photograph_race
from engine.images import open_image
from engine.tasks import MULTI_LABEL, POINTS
from pages.parts.race.label_subjects import Photographs
from tests.lesson_data import open_page, texts
from tests.pages.race.lesson import PAGE, ends, mean_scores, races_over, shown

STORED = photograph_race.folder()


GRID = "7 × 7 grid"


@pytest.fixture
def bundled(monkeypatch):
    monkeypatch.setattr(photograph_race, "folder", lambda: STORED)


def raced_photographs(task: str, sees: str = photograph_race.POOLED, **changes):
    course = photograph_race.load(task, sees).course
    return races_over(replace(photograph_race.start(task), **changes), course), course


def median_errors(races, course) -> np.ndarray:
    """Each seed's and loss's error at the end, (S, H)."""
    by_seed = [
        loss_race.point_scores(race, course).groupby("lane", sort=False).last()["median_error_px"]
        for race in races
    ]
    return np.array(by_seed)


def points(**address: str):
    return open_page(PAGE, kind="Photographs", race="A point", **address)


def test_photographs_race_from_their_features_alone(bundled):
    app = shown(kind="Photographs", photo_evidence="Train for real")
    assert not app.exception and not app.error
    races, course = raced_photographs(MULTI_LABEL)
    assert ends(app) == pytest.approx(mean_scores(races, course, "exact_match"))
    assert "not on these photographs" in texts(app)
    said = texts(shown(kind="Photographs"))
    assert "128 photographs to train on, 128 to validate, 12 labels" in said and "CC BY 4.0" in said
    assert "How many of 12 labels" in said or any("How many of 12 labels" in one.label for one in app.radio)
    assert "of the drawings" not in said


def test_points_race_over_photographs(bundled):
    app = points(photo_point_evidence="Train for real")
    races, course = raced_photographs(POINTS)
    errors, said = median_errors(races, course), texts(app)
    assert ends(app) == pytest.approx(errors.mean(axis=0).tolist())
    assert "not on these photographs" in said
    best = int(errors.mean(axis=0).argmin())
    assert f"the best loss is off by **{errors[0, best]:.1f} px**" in said
    seen = loss_race.point_training_errors_px(races[0], course)[best]
    assert f"On its training faces it is off by {seen:.1f} px" in said
    assert f"mean point by **{loss_race.point_baseline_px(course):.1f} px**" in said


def test_the_grid_races_on_the_same_faces(bundled):
    app = points(sees=GRID)
    races, course = raced_photographs(POINTS, photograph_race.GRID)
    assert ends(app) == pytest.approx(median_errors(races, course).mean(axis=0).tolist())
    assert "can tell where something is" in texts(app)


def test_the_sliders_over_photographs_are_their_own(bundled):
    app = shown(kind="Photographs", lr="0.01", photo_lr="0.001", photo_epochs="3")
    assert not app.exception
    races, course = raced_photographs(MULTI_LABEL, lr=0.001, epochs=3)
    assert ends(app) == pytest.approx(mean_scores(races, course, "exact_match"))


def test_example_photographs_are_predicted_by_every_head(bundled):
    said = texts(shown(kind="Photographs", race_example="A cat", photo_evidence="Another image"))
    races, course = raced_photographs(MULTI_LABEL)
    seen = photograph_race.load(MULTI_LABEL).examples["chelsea.jpg"]
    assert numbers_of(said) == pytest.approx(
        races[0].predictions(course.standardised(seen)).T.ravel().tolist(), abs=0.006
    )
    assert re.findall(r"● (\w+)</th>", said) == list(example_photographs.LABELS["chelsea.jpg"])


def test_the_photograph_that_is_played_is_predicted_at_every_epoch(bundled):
    subject = Photographs(photograph_race.load(MULTI_LABEL))
    races, course = raced_photographs(MULTI_LABEL)
    seen = course.standardised(photograph_race.load(MULTI_LABEL).examples["photographer.jpg"])
    probs = subject.probs_by_epoch(races[0])
    assert probs.shape[:2] == (13, 3)
    np.testing.assert_allclose(probs[-1], races[0].predictions(seen), atol=1e-4)
    assert subject.watched.alt == "A photograph that shows person"


def numbers_of(said: str) -> list[float]:
    table = re.search(r'<div class="numbers">(.*?)</table>', said, re.DOTALL).group(1)
    return [float(n) for n in re.findall(r"<td[^>]*>([\d.]+)<", table)]


def test_a_photograph_of_ones_own_is_predicted_by_every_head(bundled):
    app = shown(kind="Photographs", photo_evidence="Another image")
    file = example_photographs.FOLDER / "coffee.jpg"
    packed = (file.name, file.read_bytes(), "image/jpeg")
    app.file_uploader(key="race_photograph_upload").set_value(packed).run()
    assert not app.exception and not app.error
    races, course = raced_photographs(MULTI_LABEL)
    seen = photograph_race.of_image(open_image(file))
    assert numbers_of(texts(app)) == pytest.approx(
        races[0].predictions(course.standardised(seen)).T.ravel().tolist(), abs=0.006
    )


def test_a_face_of_ones_own_gets_points_and_no_true_one(bundled):
    app = points()
    file = example_photographs.FOLDER / "coffee.jpg"
    app.file_uploader(key="race_face_upload").set_value((file.name, file.read_bytes(), "image/jpeg")).run()
    assert not app.exception and not app.error
    captions = [caption for image in app.image for caption in image.captions]
    assert any("no true point" in caption for caption in captions)


def test_example_heads_are_shown_next_to_the_mean_point(bundled):
    captions = [caption.replace("\\", "") for image in points().image for caption in image.captions]
    matches = [caption for caption in captions if "px off (mean point: " in caption]
    assert len(matches) == len(example_photographs.HEADS_PX)


@pytest.mark.parametrize("race", ["Labels", "A point"])
def test_without_the_stored_features_there_is_one_sentence(race):
    app = open_page(PAGE, kind="Photographs", race=race)
    assert not app.exception
    said = [error.value.replace("\\", "") for error in app.error]
    assert len(said) == 1 and "is missing from race_photographs/: restore it" in said[0]
