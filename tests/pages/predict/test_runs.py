"""Your pictures: no run, a broken one, many, and images unlike all training images."""

import shutil

import numpy as np

from engine import paths
from engine.inference import predict
from engine.runs import Run
from engine.runs import files as run_files
from engine.training import familiarity
from engine.training.familiarity import Familiarity
from tests.pages.predict.files import cards, drop, jpeg


def test_other_files_do_not_inherit_which_one_was_looked_at(page):
    drop(page, *((f"{i}.jpg", jpeg(colour=(40 * i, 90, 60))) for i in range(4)))
    _which(page).set_value(1).run()
    app = drop(page, ("5.jpg", jpeg(colour=(1, 2, 3))), ("6.jpg", jpeg(colour=(3, 2, 1))))
    assert not app.exception
    assert _which(app).value == 0


def _which(app):
    return next(box for box in app.selectbox if box.label == "Image")


def test_without_a_run_it_says_how_to_make_one(page, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "BUNDLED_RUNS", tmp_path / "none")
    page.run()
    assert not page.exception
    assert any("is ready yet" in info.value for info in page.info)


def test_a_run_whose_weights_are_broken_gets_a_sentence_and_the_others_answer(page, made):
    weights = made[1]["single-label"].folder / "weights.safetensors"
    kept = weights.read_bytes()
    weights.write_bytes(kept[:1000])
    try:
        drop(page, ("a.jpg", jpeg()))
        assert not page.exception
        assert any(
            "single\\-label" in warning.value and "cut off" in warning.value for warning in page.warning
        )
        assert "Names everything (drawings)" in cards(page)["a.jpg"]
    finally:
        weights.write_bytes(kept)


def test_more_runs_than_are_kept_loaded_all_answer(page, made, monkeypatch, tmp_path):
    for number in range(4):
        shutil.copytree(made[1]["single-label"].folder, tmp_path / f"mine{number}")
    drop(page, ("a.jpg", jpeg()), ("b.jpg", jpeg(colour=(1, 2, 3))))
    assert not page.exception
    assert len(cards(page)) == 2
    for said in cards(page).values():
        for model in ("Names everything (drawings)", "Finds a point (drawings)"):
            assert model in said
        assert all(f"Names one thing (mine{number})" in said for number in range(4))


def test_an_image_unlike_all_training_images_is_called_a_guess(page, made):
    square = np.zeros((64, 64, 3), np.uint8)
    folders = [folder for folder in made[0].iterdir() if (folder / "config.json").is_file()]
    for folder in folders:
        width = predict.load(Run(folder)).features([square]).shape[1]
        familiarity.save(folder, Familiarity(np.ones((20, width), np.float16), threshold=-1.0))
    try:
        app = drop(page, ("a.jpg", jpeg()), ("b.jpg", jpeg(colour=(9, 9, 9))))
        assert not app.success
        assert "2 of 2 images are unlike the images that these runs were trained on" in app.warning[0].value
        said = cards(app)["a.jpg"]
        assert "so all predictions are guesses" in said and said.count("(a guess)") == len(folders)
        app.query_params["run"] = "points (bundled)"
        only = app.run()
        assert "images that this run was trained on" in only.warning[0].value
        assert "so the prediction is a guess" in cards(only)["a.jpg"]
        assert not [heading.value for heading in [*only.header, *only.subheader] if "ook" in heading.value]
        del app.query_params["run"]
        (folders[0] / run_files.FAMILIARITY_NOTES).unlink()
        (folders[0] / run_files.FAMILIARITY).unlink()
        some = drop(page, ("c.jpg", jpeg(colour=(9, 99, 9))))
    finally:
        for folder in folders:
            (folder / run_files.FAMILIARITY_NOTES).unlink(missing_ok=True)
            (folder / run_files.FAMILIARITY).unlink(missing_ok=True)
    assert not some.success and "marked as guesses" in some.warning[0].value
    assert "does not notice every unfamiliar image" in some.warning[0].value
    assert cards(some)["c.jpg"].count("(a guess)") == len(folders) - 1


def test_dropped_images_stay_when_they_are_predicted_with_something_else(page):
    app = drop(page, ("mine.jpg", jpeg((96, 64))))
    assert "mine.jpg" in cards(app)
    app.segmented_control(key="from").set_value("Photographs").run()
    assert not app.exception
    assert "mine.jpg" in cards(app)
    app.segmented_control(key="from").set_value("Your runs").run()
    assert "mine.jpg" in cards(app)
