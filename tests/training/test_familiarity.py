"""Familiarity by hand and against a slow reference, its file, and predictions that use it."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from engine import inference, paths
from engine.inference import predict
from engine.runs import Run, RunError, files
from engine.training import familiarity
from engine.training.backbones import graphs
from engine.training.familiarity import (
    FALSE_POSITIVES,
    FamiliarityError,
    fit,
    fit_run,
    load,
    save,
)
from engine.training.neighbours import NEIGHBOURS
from tests import tiny_runs


def features(count, centre, seed=0, width=16):
    rng = np.random.default_rng(seed)
    return np.eye(width)[centre] * 3 + rng.normal(0, 0.3, (count, width))


def test_the_score_is_the_mean_distance_to_the_nearest_by_definition():
    train, queries = features(60, 0), features(5, 1, seed=1)
    fitted = fit(train)
    units = train / np.linalg.norm(train, axis=1, keepdims=True)
    for query, score in zip(queries, fitted.score(queries), strict=True):
        unit = query / np.linalg.norm(query)
        nearest = sorted(np.linalg.norm(unit - one) for one in units)[:NEIGHBOURS]
        assert score == pytest.approx(np.mean(nearest), abs=2e-3)


def test_one_image_scores_as_it_does_among_many():
    fitted, queries = fit(features(60, 0)), features(12, 1, seed=1)
    alone = [fitted.score(query[None])[0] for query in queries]
    np.testing.assert_allclose(fitted.score(queries), alone, atol=1e-3)


def test_strangers_are_told_from_images_like_those_of_training():
    fitted = fit(features(300, 0))
    assert fitted.is_familiar(features(500, 0, seed=1)).mean() > 1 - 4 * FALSE_POSITIVES
    assert not fitted.is_familiar(features(50, 1, seed=2)).any()


def test_the_threshold_is_the_conformal_quantile():
    """By its rank: of few scores it is the highest; of 400 the sixth from above."""
    scores = np.random.default_rng(0).permutation(400).astype(float)
    assert familiarity._threshold(scores) == 394
    assert familiarity._threshold(scores[:30]) == scores[:30].max()


def test_the_scale_of_features_does_not_count():
    fitted = fit(features(100, 0))
    some = features(20, 0, seed=1)
    np.testing.assert_allclose(fitted.score(some), fitted.score(some * 7), atol=1e-6)


def test_images_of_one_group_do_not_vouch_for_each_other():
    """Ten people with ten equal images each: without groups every image has equal ones in training."""
    people = np.repeat(np.random.default_rng(0).normal(size=(10, 16)), 10, axis=0)
    names = [str(number) for number in np.repeat(range(10), 10)]
    assert fit(people).threshold < 0.05
    assert fit(people, names).threshold > 0.5
    assert fit(people, ["one"] * 100).threshold < 0.05  # nothing to compare with but its own


def test_the_same_seed_fits_the_same_and_the_file_stays_small(tmp_path):
    many = np.random.default_rng(0).normal(size=(1000, 2560)).astype(np.float32)
    one = fit(many, seed=3)
    save(tmp_path, one)
    assert (tmp_path / files.FAMILIARITY).stat().st_size < 2.2e6
    other, back = fit(many, seed=3), load(tmp_path)
    assert one.threshold == other.threshold == back.threshold
    np.testing.assert_array_equal(one.reference, back.reference)
    assert load(tmp_path / "elsewhere") is None


def test_what_does_not_fit_is_refused(tmp_path):
    with pytest.raises(FamiliarityError, match="20 training images"):
        fit(features(19, 0))
    with pytest.raises(FamiliarityError, match="finite"):
        fit(np.full((30, 4), np.nan))
    with pytest.raises(FamiliarityError, match="groups has length 3"):
        fit(features(30, 0), ["a", "b", "c"])
    with pytest.raises(FamiliarityError, match="16 numbers for each image, like the run, but has 4"):
        fit(features(30, 0)).score(np.ones((1, 4)))
    assert fit_run(tmp_path, features(5, 0), features(5, 0)) == {}


def test_a_broken_file_is_one_sentence(tmp_path):
    save(tmp_path, fit(features(30, 0)))
    notes = tmp_path / files.FAMILIARITY_NOTES
    notes.write_text(json.dumps(json.loads(notes.read_text()) | {"version": 9}))
    with pytest.raises(FamiliarityError, match="version 9"):
        load(tmp_path)
    notes.write_text("[]")
    with pytest.raises(FamiliarityError, match="missing or broken"):
        load(tmp_path)
    save(tmp_path, fit(features(30, 0)))
    (tmp_path / files.FAMILIARITY).write_bytes(b"cut off")
    with pytest.raises(FamiliarityError, match="missing or broken"):
        load(tmp_path)


def test_a_run_without_the_file_does_not_know_and_one_with_it_does(tmp_path):
    run = tiny_runs.labels_run(tmp_path / "run")
    rng = np.random.default_rng(0)
    noise = [Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)) for _ in range(30)]
    plain = Image.new("RGB", (64, 64), "red")
    model = inference.load(run)
    assert [found.is_familiar for found in model.predict([plain])] == [None]
    squares = np.stack([np.asarray(image) for image in noise])
    told = fit_run(run.folder, model.model.features(squares[:24]), model.model.features(squares[24:]))
    assert 0 <= told["flagged_as_unfamiliar"] <= 1
    found = inference.load(run.folder).predict([noise[0], plain])
    assert (found[0].is_familiar, found[1].is_familiar) == (True, False)
    assert found[1].ood_score > found[0].ood_score
    assert set(found[0].probs) == set(run.vocab) and found[0].point_px is None
    (run.folder / files.FAMILIARITY_NOTES).write_text("{")
    with pytest.raises(RunError, match="familiar"):
        predict.load(run)


@pytest.mark.skipif(not paths.BUNDLED_RUNS.is_dir(), reason="without the bundled runs")
def test_one_pass_through_onnx_gives_what_torch_gives(monkeypatch):
    """The features of the written graph are fastai's pooled ones: the maximum and the mean of each channel."""
    run = Run(paths.BUNDLED_RUNS / "multi-label")
    rng = np.random.default_rng(0)
    squares = rng.integers(0, 255, (2, run.config.size, run.config.size, 3), dtype=np.uint8)
    rounded = predict.load(run)
    monkeypatch.setattr(graphs, "has_int8", lambda backbone: False)
    fast, slow = predict.load(run), predict.load(run, "cpu")
    assert np.corrcoef(rounded.features(squares).ravel(), fast.features(squares).ravel())[0, 1] > 0.99
    np.testing.assert_allclose(fast.features(squares), slow.features(squares), rtol=1e-2, atol=2e-3)


def test_the_bundled_runs_know_their_own_samples_and_not_noise():
    model = inference.load(Run(paths.BUNDLED_RUNS / "multi-label"))
    scene = next((paths.SCENES / "train").glob("*.jpg"))
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8))
    found = model.predict([scene, noise])
    assert (found[0].is_familiar, found[1].is_familiar) == (True, False)


def test_importing_the_package_loads_nothing_heavy():
    program = "import sys, engine.inference; print('torch' in sys.modules, 'onnxruntime' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=paths.ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"]
