"""Check a finished run in 8-bit integers on its own validation images, as Quick does at its end.

`python -m engine.inference.check_int8 RUN...` does so for runs that were trained elsewhere.
"""

import json
import sys
from pathlib import Path

import numpy as np

from engine.data import image_cache
from engine.inference.onnx_backend import Compiled
from engine.runs import Run
from engine.training import images_of, run_graph
from engine.training.backbones import graphs, of_weights
from engine.training.quick import int8_check


def on_images(folder: Path | str) -> bool:
    """Whether the run predicts in integers from now on; its int8.json says why.

    False and no file for a run whose body is not one of Loss Lab's backbones, for few validation images, and on a
    processor without the instructions. Raises `RunError`, `DatasetError`, `ImageError` or `WeightsError`.
    """
    run = Run(folder)
    int8_check.remove(run.folder)
    backbone = of_weights(run.config.weights)
    if backbone is None or not graphs.has_int8(backbone) or not run_graph.is_on_backbone(run):
        return False
    data = images_of.load_for(run.config, run.data)
    rows = np.flatnonzero(data.table["is_valid"].to_numpy(bool))[: int8_check.MOST_IMAGES]
    if len(rows) < int8_check.LEAST_IMAGES:
        return False
    squares = image_cache.cached_images(data, run.config.size, lambda share: None, method=run.config.resize)
    tensors = run_graph.tensors_of(run, backbone)
    exact, rounded = (
        Compiled(run_graph.graph_of(run.config, backbone, tensors, int8), stats=None)
        for int8 in (False, True)
    )
    outputs = [np.concatenate([way.outputs([squares[row]]) for row in rows]) for way in (exact, rounded)]
    int8_check.write(run, *outputs)
    return int8_check.is_passed(run.folder)


if __name__ == "__main__":
    for each in sys.argv[1:]:
        try:
            print(json.dumps({"run": each, "predicts_in_integers": on_images(each)}))
        except ValueError as problem:
            print(problem, file=sys.stderr)
            sys.exit(2)
