"""Fit what a finished run lacks: temperatures, and which images are familiar to it.

`python -m engine.training.fit_familiarity RUN...` does so for runs that an older Loss Lab has trained.
"""

import json
import sys
from pathlib import Path

import numpy as np

from engine.data import image_cache
from engine.data.formats import Dataset
from engine.runs import Run, checksums
from engine.runs.calibration import calibrate_run
from engine.training import drawn, familiarity, images_of, run_graph
from engine.training.backbones import POOLED_AND_TEXTURE, Backbone, WeightsError, of_weights, sessions
from engine.training.backbones.onnx_graph import IMAGES
from engine.training.features import of_dataset
from engine.training.frozen import keeps_features
from engine.training.quick import int8_check

BATCH_SIZE = 32


def fit_from_images(folder: Path | str, data: Dataset | None = None) -> dict[str, float]:
    """Fit on the images of a finished run, through its own network; return what belongs into metrics.json.

    `data` are the run's images where they have been read before.

    Raises `RunError`, `DatasetError`, `ImageError` or `WeightsError` with one sentence.
    """
    run = Run(folder)
    backbone = of_weights(run.config.weights)
    if backbone is None:
        familiarity.remove(run.folder)
        return {}
    data = data or images_of.load_for(run.config, run.data)
    features = _features(run, data, backbone)
    is_valid = data.table["is_valid"].to_numpy(bool)
    groups = data.table["group"].astype(str).to_numpy()[~is_valid] if "group" in data.table else None
    return familiarity.fit_run(
        run.folder,
        features[~is_valid],
        features[is_valid],
        groups,
        run.config.seed,
        backbone.texture_columns,
        drawn.of(backbone),
    )


def _features(run: Run, data: Dataset, backbone: Backbone) -> np.ndarray:
    """The features (N, F) of a run's images; those of the backbone, which are kept, where the run left it as it is."""
    config = run.config
    if keeps_features(config) and run_graph.is_on_backbone(run):
        return of_dataset(
            data, backbone=backbone, size=config.size, output=POOLED_AND_TEXTURE, resize=config.resize
        )
    squares = image_cache.cached_images(data, config.size, lambda share: None, method=config.resize)
    return features_of(run, squares)


def features_of(run: Run, squares: np.ndarray) -> np.ndarray:
    """The features (N, F) of uint8 squares (N, size, size, 3), by the network of a run on one of Loss Lab's backbones.

    They are those that `engine.inference.predict` compares with the training images'. Raises `WeightsError`.
    """
    graph = run_graph.write(run)
    if graph is None:
        raise WeightsError(
            f"The run {run.name!r} is not on one of Loss Lab's backbones: it has no such features."
        )
    session = sessions.open_session(graph)
    batches = (squares[start : start + BATCH_SIZE] for start in range(0, len(squares), BATCH_SIZE))
    return np.concatenate(
        [session.run([run_graph.FEATURES], {IMAGES: np.ascontiguousarray(batch)})[0] for batch in batches]
    )


if __name__ == "__main__":
    for each in sys.argv[1:]:
        try:
            int8_check.remove(Path(each))  # fitted in floats
            print(json.dumps(fit_from_images(each) | calibrate_run(each)))
            checksums.write(Path(each))
        except ValueError as problem:
            print(problem, file=sys.stderr)
            sys.exit(2)
