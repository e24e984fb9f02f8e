"""Weights as safetensors: kernels in half precision, vectors in full, and only what differs from the backbone.

A run whose backbone stayed frozen keeps just its head, and the batch-norm vectors that followed its batches; the file
names the backbone and its SHA-256, so that the head can never be put on another one.
"""

import os
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.jobs.atomic_write import write_whole
from engine.training.backbones import BACKBONES, Backbone, WeightsError, weight_files

_BODY = "0."


def round_to_saved(model: nn.Module) -> None:
    """Round the model, in place, to what `save` keeps, so that figures measured next are the saved model's."""
    with torch.no_grad():
        for tensor in model.state_dict().values():
            tensor.copy_(as_saved(tensor))


def save(model: nn.Module, path: Path, backbone: Backbone | None) -> None:
    """Write a fastai vision model (body, head); with a backbone only what differs from it."""
    kept = {name: as_saved(tensor).cpu().contiguous() for name, tensor in model.state_dict().items()}
    notes = {}
    if backbone:
        body = body_tensors(backbone)
        kept = {name: tensor for name, tensor in kept.items() if not _same(tensor, body.get(name))}
        notes = weight_files.notes_of(backbone)
    write(kept, path, notes)


def write(tensors: dict[str, Tensor], path: Path, notes: dict[str, str]) -> None:
    """Write tensors and notes as safetensors, whole; a disk that refuses is an `OSError`, as for any other file."""
    try:
        write_whole(path, lambda temporary: save_file(tensors, temporary, metadata=notes))
    except SafetensorError as error:
        code = re.search(r"os error (\d+)", str(error))
        if not code:
            raise
        raise OSError(int(code[1]), os.strerror(int(code[1])), str(path)) from error


def load(model: nn.Module, path: Path) -> None:
    """Fill a model from a file that `save` wrote. Raises `WeightsError` and says all that does not fit."""
    tensors, notes = _read(path)
    if (backbone := weight_files.backbone_of(notes, path.name)) is not None:
        wanted = model.state_dict()
        body = {name: tensor for name, tensor in body_tensors(backbone).items() if name in wanted}
        tensors = body | tensors
    _fill(model, tensors, path.name)


def load_backbone(model: nn.Module, backbone: Backbone) -> None:
    """Fill the body of a fastai vision model (body, head) with a backbone's weights."""
    wanted = model.state_dict()
    body = {name: tensor for name, tensor in body_tensors(backbone).items() if name in wanted}
    head = {name: tensor for name, tensor in wanted.items() if not name.startswith(_BODY)}
    _fill(model, body | head, weight_files.file(backbone).name)


def body_tensors(backbone: Backbone) -> dict[str, Tensor]:
    """A backbone's tensors, named as in a fastai vision model (body, head)."""
    return dict(_body_tensors(backbone.name, weight_files.digest(backbone)))


@lru_cache(maxsize=2)
def _body_tensors(name: str, digest: str) -> dict[str, Tensor]:
    arrays = weight_files.body_tensors(BACKBONES[name])
    return {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}


def _fill(model: nn.Module, tensors: dict[str, Tensor], name: str) -> None:
    wanted = model.state_dict()
    problems = [f"{key} is missing" for key in wanted if key not in tensors]
    problems += [f"{key} is not part of this network" for key in tensors if key not in wanted]
    problems += [
        f"{key} has shape {tuple(tensors[key].shape)} where {tuple(wanted[key].shape)} belongs"
        for key in wanted
        if key in tensors and tensors[key].shape != wanted[key].shape
    ]
    if problems:
        more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
        raise WeightsError(f"The weights in {name} do not fit this network: {'; '.join(problems[:3])}{more}.")
    model.load_state_dict({key: tensors[key].to(wanted[key].dtype) for key in wanted})


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    if not path.is_file():
        raise WeightsError(f"The weights {path.name} are missing from {path.parent}.")
    try:
        with safe_open(path, framework="pt") as file:
            return {key: file.get_tensor(key) for key in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(
            f"{path.name} is cut off or is not a safetensors file: get a complete copy of it."
        ) from error


def as_saved(tensor: Tensor) -> Tensor:
    """A tensor as it is kept: kernels and matrices in half precision, vectors and counters as they are.

    Running variances are among the vectors, and need the range of full precision.
    """
    return tensor.half() if tensor.ndim >= 2 and tensor.is_floating_point() else tensor


def _same(tensor: Tensor, other: Tensor | None) -> bool:
    return other is not None and torch.equal(tensor, other)
