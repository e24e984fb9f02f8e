"""A run's calibration: halves, the file, and everything that turns logits into probabilities."""

import json

import numpy as np
import pytest

from engine import runs
from engine.config import TrainConfig
from engine.functional.calibration import calibration_loss
from engine.functional.losses import sigmoid
from engine.runs import Predictions, Run, RunError, calibration, files
from engine.runs.calibration import Calibration, CalibrationError
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from tests import tiny_runs

VOCAB = ("a", "b", "c")


def predictions(task=MULTI_LABEL, count=400, scale=3.0, seed=0, loss="") -> Predictions:
    """Logits that are `scale` times too sure."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (count, 3)).astype(np.float32)
    targets = (rng.random(logits.shape) < sigmoid(logits)).astype(np.uint8)
    if task == SINGLE_LABEL:
        noisy = logits + rng.gumbel(size=logits.shape)
        targets = np.eye(3, dtype=np.uint8)[noisy.argmax(axis=1)]
    return Predictions([f"{at}.jpg" for at in range(count)], logits * scale, targets, VOCAB, task, loss)


def run_of(folder, said: Predictions) -> Run:
    config = TrainConfig(said.task, "sample_data/scenes", weights="none", size=64)
    folder.mkdir()
    (folder / "config.json").write_text(config.to_json())
    (folder / "vocab.json").write_text(json.dumps(said.vocab))
    return tiny_runs.finish(folder, runs.labels_table(said))


@pytest.mark.parametrize("task", [MULTI_LABEL, SINGLE_LABEL])
def test_one_half_is_fitted_and_the_other_improves(task):
    said = predictions(task)
    found = calibration.calibrate(said)
    assert found.temperature == pytest.approx(3, rel=0.25)
    assert found.calibrated_loss < 0.8 * found.loss and found.calibration_error < 0.5 * found.error
    assert (found.fitted_on + found.reported_on, bool(found.class_temperatures)) == (400, task == MULTI_LABEL)
    assert found == calibration.calibrate(said)


def test_the_report_is_of_the_half_that_was_not_fitted():
    said = predictions()
    is_fitted = calibration.fitting_half(said.targets)
    found = calibration.calibrate(said)
    other = said.logits[~is_fitted] / found.temperatures(VOCAB)
    assert found.calibrated_loss == pytest.approx(calibration_loss(other, said.targets[~is_fitted]))
    before, after = calibration.curves(said, found)
    assert before["count"].sum() == after["count"].sum() == 3 * (~is_fitted).sum()


def test_halves_hold_every_label_evenly():
    rng = np.random.default_rng(0)
    targets = (rng.random((101, 6)) < [0.5, 0.3, 0.1, 0.05, 0.02, 0.0]).astype(np.uint8)
    half = calibration.fitting_half(targets)
    assert abs(int(half.sum()) - 50.5) < 2
    counts = np.stack([targets[half].sum(axis=0), targets[~half].sum(axis=0)])
    assert (np.abs(np.diff(counts.astype(int), axis=0)) <= np.maximum(3, 0.2 * counts.sum(axis=0))).all()


def test_a_class_has_its_own_temperature_from_20_positives_on():
    said = predictions(count=200)
    said.targets[:, 2] = 0
    said.targets[:30, 2] = 1
    assert set(calibration.calibrate(said).class_temperatures) == {"a", "b"}


def test_a_temperature_that_does_not_help_is_not_used(monkeypatch):
    monkeypatch.setattr(calibration, "fit_temperature", lambda *_, **__: 50.0)
    found = calibration.calibrate(predictions(scale=1.0))
    assert (found.temperature, found.class_temperatures) == (1, {})
    assert found.loss == found.calibrated_loss


def test_too_few_images_and_the_misprinted_loss_are_left_alone():
    with pytest.raises(CalibrationError, match="20 validation images"):
        calibration.calibrate(predictions(count=19))
    with pytest.raises(CalibrationError, match="as_printed"):
        calibration.calibrate(predictions(loss="binary_cross_entropy_as_printed"))


def test_a_run_is_calibrated_in_its_folder(tmp_path):
    said = predictions()
    run = run_of(tmp_path / "run", said)
    raw = run.predictions
    assert run.calibration is None
    np.testing.assert_array_equal(raw.probs, sigmoid(said.logits))
    told = calibration.calibrate_run(run.folder)
    assert set(told) >= {"calibration_error", "calibrated_loss", "uncalibrated_loss", "temperature"}
    calibrated = run.predictions
    np.testing.assert_array_equal(calibrated.logits, raw.logits)
    np.testing.assert_allclose(
        calibrated.probs, sigmoid(said.logits / run.calibration.temperatures(VOCAB)), rtol=1e-6
    )
    np.testing.assert_array_equal(calibrated.probs > 0.5, raw.probs > 0.5)
    assert calibration.calibrate_run(run.folder) == told  # fitted on raw logits, however often


def test_a_single_label_keeps_its_decisions(tmp_path):
    run = run_of(tmp_path / "run", predictions(SINGLE_LABEL))
    before = run.predictions.probs.argmax(axis=1)
    calibration.calibrate_run(run.folder)
    np.testing.assert_array_equal(run.predictions.probs.argmax(axis=1), before)


def test_points_have_nothing_to_calibrate(tmp_path):
    frames = tiny_runs.write_heads(tmp_path / "heads")
    run = tiny_runs.points_run(tmp_path / "points", tmp_path / "heads", frames)
    assert run.task == POINTS
    assert calibration.calibrate_run(run.folder) == {}
    assert not (run.folder / files.CALIBRATION).exists()


def test_the_file_comes_back_as_it_was(tmp_path):
    kept = calibration.calibrate(predictions())
    calibration.save(tmp_path, kept)
    assert calibration.load(tmp_path, VOCAB) == kept
    assert json.loads((tmp_path / files.CALIBRATION).read_text())["version"] == calibration.VERSION
    assert calibration.load(tmp_path / "elsewhere", VOCAB) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"version": 99}, "version 99"),
        ({"temperature": 0}, "does not fit"),
        ({"temperature": float("nan")}, "does not fit"),
        ({"temperature": "2"}, "does not fit"),
        ({"class_temperatures": {"other": 1.0}}, "does not fit"),
        ({"class_temperatures": 3}, "lacks"),
    ],
)
def test_a_strange_file_is_one_sentence(tmp_path, change, says):
    run = run_of(tmp_path / "run", predictions())
    calibration.calibrate_run(run.folder)
    file = run.folder / files.CALIBRATION
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(RunError, match=says):
        _ = run.predictions
    file.write_text("{")
    with pytest.raises(RunError, match="not valid JSON"):
        _ = run.calibration


def test_every_probability_of_a_calibrated_model_agrees(tmp_path):
    """The model, the exported ONNX file and the covering test divide by the same temperatures."""
    import onnxruntime
    import torch
    from PIL import Image

    from engine.images.preprocess import to_batch
    from engine.inference import attribution, onnx_export, predict

    run = tiny_runs.labels_run(tmp_path / "run")
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    raw = predict.load(run, "cpu").predict([image])[0]
    own = {run.vocab[0]: 0.5, run.vocab[1]: 7.0}
    calibration.save(run.folder, Calibration(2.0, own, 20, 20, 1.0, 0.9, 0.2, 0.1))
    model = predict.load(run, "cpu")
    found = model.predict([image])[0]
    np.testing.assert_allclose(found.logits, raw.logits, rtol=1e-5)
    expected = sigmoid(raw.logits / run.temperatures)
    np.testing.assert_allclose(found.probs, expected, rtol=1e-5)
    assert not np.allclose(found.probs, raw.probs)
    batch = to_batch([np.asarray(image)])
    onnx = onnxruntime.InferenceSession(onnx_export.exported(model.network, run.config, run.temperatures))
    logits, probs = onnx.run(None, {onnx_export.INPUT: batch.numpy()})
    np.testing.assert_allclose(logits[0], raw.logits, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(probs[0], expected, rtol=1e-3, atol=1e-4)
    with torch.no_grad():
        np.testing.assert_allclose(attribution._probs_of(model)(batch)[0], expected, rtol=1e-3, atol=1e-4)
