"""A first look: groups and suggested labels before anything is trained."""

import os
from itertools import chain

import numpy as np
import pytest

from engine.inference import known_labels, photo_suggestions, photo_suggestions_job
from engine.jobs.job import Job
from engine.jobs.reporter import working
from engine.synthetic import scenes
from tests import photo_model_files


@pytest.fixture
def images(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "images"
    folder.mkdir()
    for at in range(3):
        scenes.draw(scenes.spec_with(["dog"], at, (160, 120))).save(folder / f"{at}.jpg")
    (folder / "broken.jpg").write_bytes(b"no image")
    return folder


def looked(folder, task="single-label", vocab=("dog", "unicorn")):
    look = photo_suggestions.of(folder, task, vocab)
    look.folder.mkdir(parents=True)
    asked = {
        "folder": str(folder),
        "fnames": sorted(os.listdir(folder)),
        "has_scenes": photo_suggestions.wants_scenes(look),
    }
    photo_suggestions.write_record(look.folder / photo_suggestions.ASKED, asked)
    with working(Job(look.folder)) as report:
        photo_suggestions_job.look(look.folder, report)
    return photo_suggestions.of(folder, task, vocab)


@pytest.mark.parametrize("task", ["single-label", "multi-label"])
def test_every_readable_image_is_in_a_group_and_has_probabilities(images, task):
    look = looked(images, task)
    assert sorted(chain(*look.groups)) == look.fnames == ["0.jpg", "1.jpg", "2.jpg"]
    probs = look.probs("0.jpg")
    assert list(probs) == ["dog"] and 0 <= probs["dog"] <= 1
    assert look.tried == {"0.jpg", "1.jpg", "2.jpg", "broken.jpg"}
    assert look.probs("broken.jpg") == {} and look.labels("broken.jpg") == ()
    assert look.labels("0.jpg", 0.0) == ("dog",) and look.labels("0.jpg", 1.01) == ()


def test_without_a_look_nothing_is_suggested(images):
    look = photo_suggestions.of(images, "multi-label", ("dog",))
    assert (look.fnames, look.tried, look.groups, look.labels("0.jpg")) == ([], set(), [], ())


def test_labels_are_known_by_name_plural_and_synonym():
    assert known_labels.unknown(["Bananas", "bike", "people", "unicorn", "strawberries"]) == ["unicorn"]
    assert known_labels.classes("strawberries") == known_labels.classes("strawberry") == (949,)
    assert known_labels.scene_label("people") == "person" and known_labels.classes("person") == ()


def test_the_calibrated_scene_model_counts_where_both_know_a_label():
    imagenet = np.full(1000, 0.001)
    probs = known_labels.probabilities(["dog", "orange", "unicorn"], imagenet, {"dog": 0.7})
    assert probs == {"dog": 0.7, "orange": pytest.approx(0.001)}


@pytest.fixture
def unread():
    """A process that has read no model yet, and forgets what the test lets it read."""
    for remembered in (known_labels._several, known_labels._by_name):
        remembered.cache_clear()
    yield
    for remembered in (known_labels._several, known_labels._by_name):
        remembered.cache_clear()


def test_what_another_version_of_the_model_saw_is_not_kept(images, tmp_path, monkeypatch, unread):
    look = looked(images, "multi-label")
    assert look.fnames and look.probs("0.jpg")
    folder = photo_model_files.copy(tmp_path)
    monkeypatch.setattr(known_labels.files, "FOLDER", folder)
    vocab = known_labels.files.read(folder, "multi-label")["vocab"]
    photo_model_files.change(
        folder, "multi-label", {"vocab": vocab[1:], "thresholds": [0.5] * len(vocab[1:])}
    )
    known_labels._several.cache_clear()
    again = photo_suggestions.of(images, "multi-label", ("dog",))
    assert again.fnames == [] and again.probs("0.jpg") == {} and again.tried == set()


def test_what_was_seen_without_that_model_is_kept(images, monkeypatch):
    looked(images)
    monkeypatch.setattr(known_labels, "several_identity", lambda: "another")
    assert photo_suggestions.of(images, "single-label", ("dog",)).fnames


def test_a_damaged_model_is_one_sentence(tmp_path, monkeypatch, unread):
    assert known_labels.trouble() is None
    folder = photo_model_files.copy(tmp_path)
    photo_model_files.change(folder, "single-label", {}, without=("vocab",))
    monkeypatch.setattr(known_labels.files, "FOLDER", folder)
    known_labels._by_name.cache_clear()
    assert known_labels.trouble() == "single-label.json is damaged: restore it from the repository."
