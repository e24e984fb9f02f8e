"""Lesson 6 on photographs: races over stored features, and predictions for example photographs."""

import re
from dataclasses import replace

import pytest

from engine.data import example_photographs
from engine.experiments import loss_race
from engine.experiments.loss_race import photographs as photograph_race
from engine.experiments.loss_race import train_heads
from engine.images import open_image
from engine.tasks import MULTI_LABEL, POINTS
from tests.lesson_data import chart, open_page, texts
from tests.pages.race.lesson import PAGE, ends, title

STORED = photograph_race.folder()


GRID = "7 × 7 grid"


@pytest.fixture
def bundled(monkeypatch):
    monkeypatch.setattr(photograph_race, "folder", lambda: STORED)


def raced_photographs(task: str, sees: str = photograph_race.POOLED, **changes):
    course = photograph_race.load(task, sees).course
    return train_heads.run(replace(photograph_race.start(task), **changes), course), course


def test_photographs_race_from_their_features_alone(bundled):
    app = open_page(PAGE, kind="Photographs")
    assert not app.exception and not app.error
    finished, course = raced_photographs(MULTI_LABEL)
    ranking = loss_race.mean_average_precisions(finished, course)
    assert ends(app, 0) == pytest.approx(ranking[-1].tolist())
    assert "below chance" in title(app, 0)
    said = texts(app)
    assert "128 photographs to train on, 128 to validate" in said and "CC BY 4.0" in said
    assert said.count("not on these photographs") == 2
    assert "not on these photographs" not in texts(open_page(PAGE, kind="Drawings"))
    finished, course = raced_photographs(POINTS)
    last = loss_race.point_scores(finished, course).groupby("lane", sort=False).last()["median_error_px"]
    assert ends(app, 2) == pytest.approx(last.tolist())
    assert f"the best head is off by **{last.min():.1f} px**" in said
    seen = loss_race.point_training_errors_px(finished, course)[int(last.to_numpy().argmin())]
    assert f"On its training faces that head is off by {seen:.1f} px" in said
    assert f"mean point by **{loss_race.point_baseline_px(course):.1f} px**" in said


def test_the_grid_races_on_the_same_faces(bundled):
    app = open_page(PAGE, kind="Photographs", sees=GRID)
    finished, course = raced_photographs(POINTS, photograph_race.GRID)
    last = loss_race.point_scores(finished, course).groupby("lane", sort=False).last()["median_error_px"]
    assert ends(app, 2) == pytest.approx(last.tolist())
    assert "can tell where something is" in texts(app)


def test_the_sliders_over_photographs_are_their_own(bundled):
    app = open_page(PAGE, kind="Photographs", lr="0.01", photo_lr="0.001", photo_point_epochs="3")
    assert not app.exception
    finished, course = raced_photographs(MULTI_LABEL, lr=0.001)
    assert ends(app, 0) == pytest.approx(loss_race.mean_average_precisions(finished, course)[-1].tolist())
    assert len(chart(app, 2).data[0].x) == 4


def test_example_photographs_are_predicted_by_every_head(bundled):
    app = open_page(PAGE, kind="Photographs", race_example="A cat")
    said = texts(app)
    panels = re.findall(r'<div class="heads">.*?</div></div>(?!<div)', said, re.DOTALL)
    assert len(panels) == 3
    finished, course = raced_photographs(MULTI_LABEL)
    seen = photograph_race.load(MULTI_LABEL).examples["chelsea.jpg"]
    assert numbers_of(said) == pytest.approx(
        finished.predictions(course.standardised(seen)).T.ravel().tolist(), abs=0.006
    )
    assert re.findall(r"● (\w+)</th>", said) == list(example_photographs.LABELS["chelsea.jpg"])


def numbers_of(said: str) -> list[float]:
    table = re.search(r'<div class="numbers">(.*?)</table>', said, re.DOTALL).group(1)
    return [float(n) for n in re.findall(r"<td[^>]*>([\d.]+)<", table)]


def test_a_photograph_of_ones_own_is_predicted_by_every_head(bundled):
    app = open_page(PAGE, kind="Photographs")
    file = example_photographs.FOLDER / "coffee.jpg"
    packed = (file.name, file.read_bytes(), "image/jpeg")
    app.file_uploader(key="race_photograph_upload").set_value(packed)
    app.file_uploader(key="race_face_upload").set_value(packed).run()
    assert not app.exception and not app.error
    finished, course = raced_photographs(MULTI_LABEL)
    seen = photograph_race.of_image(open_image(file))
    assert numbers_of(texts(app)) == pytest.approx(
        finished.predictions(course.standardised(seen)).T.ravel().tolist(), abs=0.006
    )
    captions = [caption for image in app.image for caption in image.captions]
    assert any("no true point" in caption for caption in captions)


def test_example_heads_are_shown_beside_the_mean_point(bundled):
    app = open_page(PAGE, kind="Photographs")
    captions = [caption.replace("\\", "") for image in app.image for caption in image.captions]
    shown = [caption for caption in captions if "px off (mean point: " in caption]
    assert len(shown) == len(example_photographs.HEADS_PX)


def test_without_the_stored_features_there_is_one_sentence_for_each_race():
    app = open_page(PAGE, kind="Photographs")
    assert not app.exception
    said = [error.value.replace("\\", "") for error in app.error]
    assert len(said) == 2 and all("is missing from race_photographs/: restore it" in one for one in said)
