"""A run's network for ONNX Runtime: the same predictions in less time, and without torch.

For a run on one of Loss Lab's backbones the graph is written on the spot (`engine.training.run_graph`). For any other
it is exported by torch once, by a process of its own (`python -m engine.inference.onnx_backend RUN`), and kept under
all that it was made from. Where there is a GPU, torch predicts there instead.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from filelock import FileLock

from engine import paths
from engine.images.preprocess import Stats, to_array
from engine.jobs import array_cache, process
from engine.runs import Run, RunError, files
from engine.training import run_graph
from engine.training.backbones import WeightsError, normalization, of_weights, sessions, weight_files

_FORM = "compiled network 1"
_ASKED: set[str] = set()
"""What this process has had compiled: where that failed, it would fail again."""


class Compiled:
    """A network in ONNX Runtime. Safe to share: predicting changes nothing.

    `stats` normalize the images for a graph that takes floats; None is for one that takes uint8 squares itself.
    """

    def __init__(self, onnx: bytes, stats: Stats | None):
        self._session, self._stats = sessions.open_session(onnx), stats
        self._input = self._session.get_inputs()[0].name
        names = [output.name for output in self._session.get_outputs()]
        self._raw, self._features = names[0], run_graph.FEATURES if run_graph.FEATURES in names else None

    @property
    def is_batch_invariant(self) -> bool:
        """Whether an image's output is the same to the last bit in any batch; tested for Loss Lab's own graphs."""
        return self._stats is None

    def outputs(self, squares: Sequence[np.ndarray]) -> np.ndarray:
        """Raw outputs (N, n_out) for uint8 squares (N, size, size, 3)."""
        return self._session.run([self._raw], {self._input: self._batch(squares)})[0]

    def outputs_and_features(self, squares: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray | None]:
        """Raw outputs, and the features (N, F) that familiarity goes by; None where the graph does not give them."""
        if self._features is None:
            return self.outputs(squares), None
        raw, features = self._session.run([self._raw, self._features], {self._input: self._batch(squares)})
        return raw, features

    def _batch(self, squares: Sequence[np.ndarray]) -> np.ndarray:
        return np.stack(squares) if self._stats is None else to_array(squares, self._stats)


def is_kept(run: Run) -> bool:
    """Whether ONNX Runtime can predict with this run, as it is now, at once."""
    return of_weights(run.config.weights) is not None or _kept(run) is not None


def find(run: Run) -> Compiled | None:
    """The network of a run for ONNX Runtime, or None where it has not been exported, or cannot be used here.

    Raises `WeightsError` where the weights of a run on one of Loss Lab's backbones are missing or do not fit.
    """
    graph = run_graph.write(run)
    kept = _kept(run) if graph is None else None
    try:
        if graph is not None:
            return Compiled(graph, stats=None)
        return None if kept is None else Compiled(kept.tobytes(), normalization(run.config.weights))
    except Exception:  # of whatever kind onnxruntime's own is: torch predicts instead
        return None


def make(run: Run) -> None:
    """Compile a run's network and keep it, unless it is kept already or a GPU would predict faster.

    Raises `RunError`, `WeightsError` or `OnnxError` with one sentence.
    """
    from engine.inference import onnx_export
    from engine.inference.torch_backend import TorchNetwork
    from engine.training import fastai_backend

    if fastai_backend.pick_device("auto").type != "cpu":
        return
    paths.cache_folder().mkdir(parents=True, exist_ok=True)
    with FileLock(paths.cache_folder() / "compiling.lock"):
        if not is_kept(run):
            onnx = onnx_export.exported(TorchNetwork(run, "cpu").network, run.config)
            array_cache.shared().keep(_key(run), np.frombuffer(onnx, np.uint8))


def make_in_background(run: Run) -> None:
    """Have a run's network compiled by a process of its own, and return at once; a second call has no effect."""
    key = _key(run)
    if key in _ASKED:
        return
    _ASKED.add(key)
    _begin(run)


def _begin(run: Run) -> None:
    process.spawn("engine.inference.onnx_backend", str(run.folder.resolve()))


def _kept(run: Run) -> np.ndarray | None:
    return array_cache.shared().find(_key(run))


def _key(run: Run) -> str:
    """All that the compiled network is made from, as text; nothing is ever kept of weights that are missing."""
    file = run.folder / files.WEIGHTS
    weights = weight_files.sha256(file) if file.is_file() else "none"
    return " ".join((_FORM, weights, str(len(run.vocab)), run.config.to_json()))


def main(arguments: list[str] | None = None) -> int:
    """0 where the network of the run in the given folder is compiled, else 1 and one sentence on standard error."""
    from engine.inference.onnx_export import OnnxError

    (folder,) = arguments or sys.argv[1:]
    process.lower_priority()
    try:
        make(Run(Path(folder)))
    except (RunError, WeightsError, OnnxError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
