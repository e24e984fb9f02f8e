"""A run's network compiled for the processor: the same answers in two thirds of the time, and without torch.

It is the ONNX form of the run, answered by onnxruntime; it is made once, by a process of its own (`python -m
engine.compiled RUN`), and kept under all that it was made from. Where there is a GPU, torch answers there instead.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from filelock import FileLock

from engine import bundled_body, paths, processes, store
from engine.bundled_body import WeightsError
from engine.preprocess import to_array
from engine.runs import Run, RunError

_FORM = "compiled network 1"
_ASKED: set[str] = set()
"""What this process has had compiled: where that failed, it would fail again."""


class Compiled:
    """A compiled network. Safe to share: answering changes nothing."""

    def __init__(self, onnx: bytes):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others compute here, too
        self._session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
        self._input, self._raw = self._session.get_inputs()[0].name, self._session.get_outputs()[0].name

    def outputs(self, squeezed: Sequence[np.ndarray]) -> np.ndarray:
        """Raw outputs (N, n_out) for squeezed pictures (size, size, 3)."""
        return self._session.run([self._raw], {self._input: to_array(squeezed)})[0]


def is_kept(run: Run) -> bool:
    """Whether the network of this run, as it is now, has been compiled."""
    return _kept(run) is not None


def find(run: Run) -> Compiled | None:
    """The compiled network of a run, or None where it has not been made, or cannot be used here."""
    kept = _kept(run)
    try:
        return None if kept is None else Compiled(kept.tobytes())
    except Exception:  # of whatever kind onnxruntime's own is: torch answers instead
        return None


def make(run: Run) -> None:
    """Compile a run's network and keep it, unless it is kept already or a GPU would answer faster.

    Raises `RunError`, `WeightsError` or `OnnxError` with one sentence.
    """
    from engine import learners, onnx_file
    from engine.held import HeldNetwork

    if learners.pick_device("auto").type != "cpu":
        return
    paths.cache_folder().mkdir(parents=True, exist_ok=True)
    with FileLock(paths.cache_folder() / "compiling.lock"):
        if not is_kept(run):
            onnx = onnx_file.exported(HeldNetwork(run, "cpu").network, run.config)
            store.shared().keep(_key(run), np.frombuffer(onnx, np.uint8))


def make_beside(run: Run) -> None:
    """Have a run's network compiled by a process of its own, and go on at once; a second call does nothing."""
    key = _key(run)
    if key in _ASKED:
        return
    _ASKED.add(key)
    _begin(run)


def _begin(run: Run) -> None:
    processes.begin("engine.compiled", str(run.folder.resolve()))


def _kept(run: Run) -> np.ndarray | None:
    return store.shared().find(_key(run))


def _key(run: Run) -> str:
    """All that the compiled network is made from, as text; nothing is ever kept of weights that are missing."""
    files = (run.folder / "weights.safetensors", paths.BUNDLED_BODY)
    weights = (bundled_body.sha256(file) if file.is_file() else "none" for file in files)
    return " ".join((_FORM, *weights, str(len(run.vocab)), run.config.to_json()))


def main(arguments: list[str] | None = None) -> int:
    """0 where the network of the run in the given folder is compiled, else 1 and one sentence on standard error."""
    from engine.onnx_file import OnnxError

    (folder,) = arguments or sys.argv[1:]
    processes.step_back()
    try:
        make(Run(Path(folder)))
    except (RunError, WeightsError, OnnxError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
