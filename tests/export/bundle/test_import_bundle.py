"""A bundle is imported as the same run."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.export.bundle import contents, import_bundle
from engine.images import open_image
from engine.inference import predict
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from tests import exportable_runs
from tests.export.bundle.packing import packed, run_script, unpacked


@pytest.mark.parametrize("task", TASKS)
def test_an_imported_zip_is_the_same_run(made, own, task):
    run, file = made[task]
    imported = import_bundle.import_run(file)
    assert imported.folder == own / task and imported.is_imported and imported.problems() == []
    config = replace(run.config, data=Path(run.config.data).name)
    assert (imported.config, imported.vocab, imported.thresholds) == (config, run.vocab, run.thresholds)
    assert imported.metrics == run.metrics and imported.history.equals(run.history)
    assert imported.losses.equals(run.losses) and imported.images.equals(run.images)
    pictures = [open_image(run.image_path(fname)) for fname in run.predictions.fnames]
    assert np.array_equal(predict.load(imported).outputs(pictures), predict.load(run).outputs(pictures))
    names = ("points_px", "targets_px", "sizes_wh") if task == POINTS else ("logits", "targets", "probs")
    for name in names:
        assert np.array_equal(getattr(imported.predictions, name), getattr(run.predictions, name))
    assert [folder.name for folder in own.iterdir()] == [task]


def test_a_zip_imported_twice_becomes_two_runs(made, own):
    for name in (None, None, "mine"):
        import_bundle.import_run(made[SINGLE_LABEL][1], name)
    names = [SINGLE_LABEL, f"{SINGLE_LABEL}-2", "mine"]
    assert sorted(folder.name for folder in own.iterdir()) == sorted(names)


@pytest.mark.parametrize("backbone", ["drawings", "photographs"])
def test_a_run_on_a_backbone_answers_alike_in_the_zip_and_as_it_was_imported(made, own, tmp_path, backbone):
    """The zip holds all weights, and its script scales pictures as this backbone wants them."""
    images = made[MULTI_LABEL][0].data
    run = exportable_runs.write_run(tmp_path / "run", images, MULTI_LABEL, arch="", weights=backbone)
    folder = unpacked(packed(run, tmp_path / "run.zip"), tmp_path / "zip")
    done = run_script(folder, str(run.data))
    assert done.returncode == 0, done.stderr
    told = {
        Path(one["fname"]).name: one["probabilities"] for one in map(json.loads, done.stdout.splitlines())
    }
    opened = [open_image(run.image_path(fname)) for fname in told]
    expected = [answer.probs for answer in predict.load(run).predict(opened)]
    assert np.allclose([list(probs.values()) for probs in told.values()], expected, atol=1e-4)
    imported = import_bundle.import_run(tmp_path / "run.zip")
    assert np.allclose(predict.load(imported).outputs(opened), predict.load(run).outputs(opened), atol=1e-5)


def test_an_imported_run_can_be_taken_away_again(made, own, tmp_path):
    imported = import_bundle.import_run(made[MULTI_LABEL][1])
    again = import_bundle.import_run(packed(imported, tmp_path / "again.zip"), "again")
    assert again.thresholds == exportable_runs.THRESHOLDS
    assert len(list((again.folder / "check").glob("*.png"))) == contents.CHECKED_PICTURES
