"""A checkpoint is all that training needs to go on from the last finished epoch: safetensors, no pickle.

The network is kept in full precision, but only where it differs from the backbone; of the optimizer, every
number it has gathered for every parameter, in fastai's order.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from engine.training import weights
from engine.training.backbones import Backbone, weight_files

NAME = "checkpoint.safetensors"


class CheckpointError(ValueError):
    """A checkpoint that is missing, broken or of another network; one sentence."""


@dataclass(frozen=True)
class Checkpoint:
    """The network's tensors by name, the optimizer's numbers for each parameter, epochs done, seconds spent.

    `smooth_loss` is the running mean of the loss that fastai reports, and the number of batches in it.
    """

    network: dict[str, Tensor]
    optimizer: list[dict[str, Tensor | float]]
    epochs: int
    seconds: float
    smooth_loss: tuple[float, int] = (0.0, 0)


def save(
    folder: Path,
    network: nn.Module,
    optimizer: list[dict],
    epochs: int,
    seconds: float,
    backbone: Backbone | None = None,
    smooth_loss: tuple[float, int] = (0.0, 0),
) -> None:
    """Write the checkpoint of a run's folder, whole, in the place of the one before."""
    body = weights.body_tensors(backbone) if backbone else {}
    notes = weight_files.notes_of(backbone) if backbone else {}
    tensors = {
        f"network.{name}": tensor.detach().cpu().contiguous()
        for name, tensor in network.state_dict().items()
        if not _is_unchanged(tensor, body.get(name))
    }
    numbers = []
    for index, gathered in enumerate(optimizer):
        for name, value in gathered.items():
            if isinstance(value, Tensor):
                tensors[f"optimizer.{index}.{name}"] = value.detach().cpu().contiguous()
            elif not isinstance(value, bool):
                numbers.append([index, name, value])
    notes |= {"epochs": str(epochs), "seconds": str(seconds), "parameters": str(len(optimizer))}
    notes["numbers"] = json.dumps(numbers)
    notes["smooth_loss"] = json.dumps(smooth_loss)
    weights.write(tensors, folder / NAME, notes)


def load(folder: Path) -> Checkpoint | None:
    """The checkpoint in a run's folder; None before the first epoch is finished."""
    if not (folder / NAME).exists():
        return None
    try:
        with safe_open(folder / NAME, framework="pt") as file:
            notes = file.metadata()
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        optimizer: list[dict] = [{} for _ in range(int(notes["parameters"]))]
        for key, tensor in tensors.items():
            if key.startswith("optimizer."):
                _, index, name = key.split(".", 2)
                optimizer[int(index)][name] = tensor
        for index, name, value in json.loads(notes["numbers"]):
            optimizer[index][name] = value
        network = {k.removeprefix("network."): t for k, t in tensors.items() if k.startswith("network.")}
        mean, count = json.loads(notes["smooth_loss"])
        smooth_loss = float(mean), int(count)
        return Checkpoint(network, optimizer, int(notes["epochs"]), float(notes["seconds"]), smooth_loss)
    except (SafetensorError, OSError, ValueError, TypeError, KeyError, IndexError) as error:
        raise CheckpointError(
            f"The checkpoint of {folder.name!r} is cut off or broken: delete {NAME} to begin again."
        ) from error


def fill(network: nn.Module, checkpoint: Checkpoint) -> None:
    """Put a checkpoint's tensors into the network they came from."""
    has = network.state_dict()
    if any(name not in has or has[name].shape != tensor.shape for name, tensor in checkpoint.network.items()):
        raise CheckpointError("The checkpoint belongs to another network: begin a new run.")
    network.load_state_dict(has | checkpoint.network)


def remove(folder: Path) -> None:
    """A run that is finished needs none."""
    (folder / NAME).unlink(missing_ok=True)


def _is_unchanged(tensor: Tensor, original: Tensor | None) -> bool:
    return (
        original is not None
        and original.shape == tensor.shape
        and torch.equal(tensor.detach().cpu(), original.to(tensor.dtype))
    )
