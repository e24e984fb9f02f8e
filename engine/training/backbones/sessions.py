"""ONNX Runtime sessions of the backbones, shared by all callers. Loads no torch once the weights are converted."""

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

import numpy as np

from engine.training.backbones import graphs, weight_files
from engine.training.backbones.backbone import Backbone
from engine.training.backbones.onnx_graph import IMAGES
from engine.training.backbones.registry import get

_OPENING = Lock()
_LEFT_OUT = ["QDQPropagationTransformer"]
"""It makes 8-bit integers of a ResNet's first maximum, which then takes as long as all other layers together."""


def run(
    backbone: Backbone, squares: Sequence[np.ndarray] | np.ndarray, outputs: Sequence[str], int8: bool = False
) -> list[np.ndarray]:
    """The backbone's outputs for uint8 squares (N, side, side, 3): one float32 array for each of `outputs`.

    `outputs` are the names in `engine.training.backbones.onnx_graph`; with `int8` it computes in 8-bit integers.
    Raises `WeightsError`.
    """
    session = _session(backbone, tuple(outputs), int8)
    return session.run(None, {IMAGES: np.ascontiguousarray(np.stack(list(squares)))})


def open_session(onnx: bytes):
    """An `onnxruntime.InferenceSession` on the CPU that leaves idle cores to others."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        onnx, options, providers=["CPUExecutionProvider"], disabled_optimizers=_LEFT_OUT
    )


def _session(backbone: Backbone, outputs: tuple[str, ...], int8: bool):
    with _OPENING:
        return _opened(backbone.name, weight_files.digest(backbone), outputs, int8)


@lru_cache(maxsize=6)
def _opened(name: str, digest: str, outputs: tuple[str, ...], int8: bool):
    backbone = get(name)
    graph = graphs.body(weight_files.tensors(backbone), backbone, int8)
    return open_session(graph.model(outputs))
