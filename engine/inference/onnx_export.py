"""A network as one ONNX file that takes any number of images and gives raw outputs and finished answers."""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engine import tasks
from engine.config import TrainConfig
from engine.functional import loss_registry

INPUT, LOGITS, PROBABILITIES, POINT = "pictures", "logits", "probabilities", "points"
_ACTIVATIONS = {
    loss_registry.SIGMOID: torch.sigmoid,
    loss_registry.SOFTMAX: lambda logits: torch.softmax(logits, dim=1),
}


class OnnxError(ValueError):
    """A network that cannot be written as ONNX; one sentence."""


def outputs_of(task: str) -> tuple[str, ...]:
    """The names of what the file gives: logits and probabilities, or points over -1..1."""
    return (POINT,) if tasks.get(task).has_points else (LOGITS, PROBABILITIES)


def write(
    network: nn.Module, config: TrainConfig, file: Path, temperatures: np.ndarray | None = None
) -> None:
    """Write what `exported` gives to a file. Raises `OnnxError`."""
    file.write_bytes(exported(network, config, temperatures))


def exported(network: nn.Module, config: TrainConfig, temperatures: np.ndarray | None = None) -> bytes:
    """The network with the activation of its own loss behind it: what is a probability needs no more steps.

    `temperatures` (C,) are those of a calibrated run; the logits that the file gives stay raw.

    The batch may have any size; height and width are `config.size`. Raises `OnnxError` where torch cannot express
    the architecture in ONNX.
    """
    whole = _WithActivation(network, config, temperatures).eval()
    names = (INPUT, *outputs_of(config.task))
    try:
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch announces its own changes
            file = Path(folder) / "network.onnx"
            torch.onnx.export(
                whole,
                (torch.zeros(2, 3, config.size, config.size),),
                file,
                input_names=[INPUT],
                output_names=list(names[1:]),
                dynamic_axes={name: {0: "batch"} for name in names},
                dynamo=False,  # a third of the time, and without onnxscript
            )
            return file.read_bytes()
    except (torch.onnx.errors.OnnxExporterError, RuntimeError) as error:
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        raise OnnxError(
            f"The architecture {config.arch} cannot be written as ONNX ({first_line})."
        ) from error


class _WithActivation(nn.Module):
    """The network, followed by the activation that turns its outputs into predictions."""

    def __init__(self, network: nn.Module, config: TrainConfig, temperatures: np.ndarray | None):
        super().__init__()
        self.network = network
        self.activation = _ACTIVATIONS.get(loss_registry.choice(config.task, config.loss).activation)
        scale = np.ones(1) if temperatures is None else 1 / np.asarray(temperatures, float)
        self.register_buffer("scale", torch.as_tensor(scale, dtype=torch.float32))

    def forward(self, images: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        outputs = self.network(images)
        return outputs if self.activation is None else (outputs, self.activation(outputs * self.scale))
