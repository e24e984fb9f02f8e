"""The stored held-out predictions: what is written comes back, and the bundled ones give the measured figures."""

import json

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from engine.training.photo_models import files, held_out_labels
from engine.training.photo_models.files import PhotoModelError
from tests import photo_model_files as models


@pytest.fixture
def folder(tmp_path):
    files.write(tmp_path, "multi-label", models.LABELS, models.label_arrays())
    return tmp_path


def test_what_is_written_comes_back(folder):
    logits, targets = np.array([[1.5, -2], [0, 3]]), np.array([[1, 0], [0, 1]])
    held_out_labels.write(logits, targets, folder)
    found = held_out_labels.read(folder)
    np.testing.assert_array_equal(found.logits, logits)
    np.testing.assert_array_equal(found.targets, targets)
    np.testing.assert_allclose(found.probs, 1 / (1 + np.exp(-logits)), rtol=1e-6)
    assert found.vocab == ("cat", "dog") and len(set(found.fnames)) == 2
    assert held_out_labels.thresholds(folder).tolist() == [0.3, 0.6]


def test_missing_and_damaged_files_are_one_sentence(folder):
    with pytest.raises(PhotoModelError, match="is missing"):
        held_out_labels.read(folder)
    for logits, targets in (
        (np.zeros((3, 4)), np.zeros((3, 4))),
        (np.zeros((3, 2)), np.full((3, 2), 7)),
        (np.zeros((0, 2)), np.zeros((0, 2))),
    ):
        held_out_labels.write(logits, targets, folder)
        with pytest.raises(PhotoModelError, match="is damaged"):
            held_out_labels.read(folder)
    (folder / held_out_labels.FNAME).write_bytes(b"cut off")
    with pytest.raises(PhotoModelError, match="is damaged"):
        held_out_labels.read(folder)


def test_the_bundled_ones_give_the_figures_that_were_measured():
    settings = json.loads((files.FOLDER / "multi-label.json").read_text())
    found = held_out_labels.read()
    scenes = len(settings["scene_vocab"])
    precisions = [average_precision_score(found.targets[:, at], found.logits[:, at]) for at in range(scenes)]
    measured = settings["measured"]["scene_mean_average_precision"]
    assert np.mean(precisions) == pytest.approx(measured, abs=0.01)
    assert found.targets.sum(axis=0).tolist() == list(settings["positives"].values())
