"""Predicting image files in batches: a network gets as many images as its rounding needs, and no more."""

import pytest

from engine import paths
from engine.inference import image_stream, predict
from engine.runs import Run


@pytest.mark.parametrize(("device", "expected"), [("auto", 1), ("cpu", image_stream.BATCH_SIZE)])
def test_one_image_is_filled_up_only_for_torch(device, expected, monkeypatch):
    model = predict.load(Run(paths.BUNDLED_RUNS / "multi-label"), device)
    counts: list[int] = []
    compute = model._backend.outputs_and_features

    def counted(squares):
        counts.append(len(squares))
        return compute(squares)

    monkeypatch.setattr(model._backend, "outputs_and_features", counted)
    scene = next((paths.SCENES / "train").glob("*.jpg"))
    [predicted] = image_stream.predict_images(model, [str(scene)])
    assert counts == [expected] and predicted.fname == str(scene)
