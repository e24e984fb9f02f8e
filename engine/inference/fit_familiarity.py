"""Fit what a finished run lacks: temperatures, which images are familiar to it, and whether it predicts in integers.

`python -m engine.inference.fit_familiarity RUN...` does so for runs that an older Loss Lab has trained.
"""

import json
import sys
from pathlib import Path

from engine.data import formats, image_cache
from engine.inference import check_int8, predict
from engine.runs import Run
from engine.runs.calibration import calibrate_run
from engine.training import drawn, familiarity
from engine.training.backbones import of_weights
from engine.training.quick import int8_check


def fit_from_images(folder: Path | str) -> dict[str, float]:
    """Fit on the images of a finished run, through its own network; return what belongs into metrics.json.

    Raises `RunError`, `DatasetError`, `ImageError` or `WeightsError` with one sentence.
    """
    run = Run(folder)
    familiarity.remove(run.folder)  # broken files would keep the run from loading
    model, data = predict.load(run), formats.load(run.data, run.task, seed=run.config.seed)
    squares = image_cache.pictures(data, run.config.size, lambda share: None, method=run.config.resize)
    is_valid = data.table["is_valid"].to_numpy(bool)
    features = model.features(list(squares))
    if features is None:
        return {}
    groups = data.table["group"].astype(str).to_numpy()[~is_valid] if "group" in data.table else None
    backbone = of_weights(run.config.weights)
    columns = 0 if backbone is None else backbone.texture_columns
    return familiarity.fit_run(
        run.folder,
        features[~is_valid],
        features[is_valid],
        groups,
        run.config.seed,
        columns,
        drawn.of(backbone),
    )


if __name__ == "__main__":
    for each in sys.argv[1:]:
        try:
            int8_check.remove(Path(each))  # fitted in floats
            found = fit_from_images(each) | calibrate_run(each)
            print(json.dumps(found | {"predicts_in_integers": check_int8.on_images(each)}))
        except ValueError as problem:
            print(problem, file=sys.stderr)
            sys.exit(2)
