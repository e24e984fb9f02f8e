"""The tensors of each backbone as a safetensors file, and a digest that identifies them.

Kernels are kept in half precision and vectors in full precision, exactly as a run keeps them
(`engine.training.weights`), so that a run on a frozen backbone has to store only what differs from it.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from engine import paths
from engine.training.backbones import imagenet_package
from engine.training.backbones.backbone import Backbone
from engine.training.backbones.errors import WeightsError
from engine.training.backbones.registry import BACKBONES, DRAWINGS


def file(backbone: Backbone) -> Path:
    """The safetensors file with the backbone's tensors, which is written on first use.

    Raises `WeightsError` where the weights are missing or not the expected ones.
    """
    return paths.DRAWINGS_BACKBONE if backbone == DRAWINGS else imagenet_package.converted(backbone)


def tensors(backbone: Backbone) -> Mapping[str, np.ndarray]:
    """The backbone's tensors by their names in timm or torchvision, shared and read only. Raises `WeightsError`."""
    path = file(backbone)
    return _read(path, path.stat().st_mtime_ns if path.exists() else 0)


def body_tensors(backbone: Backbone) -> dict[str, np.ndarray]:
    """The tensors of the body, named as in a fastai vision model (body, head)."""
    if backbone == DRAWINGS:
        return dict(tensors(backbone))
    body = {k: v for k, v in tensors(backbone).items() if not k.startswith("classifier.")}
    return {backbone.prefix + name: tensor for name, tensor in body.items()}


def digest(backbone: Backbone) -> str:
    """A SHA-256 that identifies the tensors, the same on every machine.

    For the bundled file it is that of the file; for a converted file only that of the tensors, because safetensors may
    write the same ones in more than one way. Raises `WeightsError` where the weights are missing.
    """
    path = file(backbone)
    return sha256(path) if backbone == DRAWINGS else _sha256_of_tensors(path, path.stat().st_mtime_ns)


def notes_of(backbone: Backbone) -> dict[str, str]:
    """The metadata that ties a file of weights to its backbone."""
    return {"backbone": backbone.name, "backbone_sha256": digest(backbone)}


def backbone_of(notes: Mapping[str, str], name: str) -> Backbone | None:
    """The backbone that a file's notes name, or None. Raises `WeightsError` where it is not the one here."""
    if "bundled_body" in notes:
        raise WeightsError(f"{name} was written by an older version of Loss Lab: train the run again.")
    if "backbone" not in notes:
        return None
    backbone = BACKBONES.get(notes["backbone"])
    if backbone is None or notes.get("backbone_sha256") != digest(backbone):
        raise WeightsError(f"{name} was trained on another backbone than the one here: train the run again.")
    return backbone


def sha256(path: Path) -> str:
    """The SHA-256 of a file of weights, read again only when it has changed. Raises `WeightsError` if it is missing."""
    try:
        return _sha256_of_unchanged(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise WeightsError(f"The weights {path.name} are missing from {path.parent}.") from error


def read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The tensors and the metadata of a safetensors file. Raises `WeightsError` where it cannot be read."""
    try:
        with safe_open(path, framework="np") as opened:
            names = list(opened.keys())
            return {name: opened.get_tensor(name) for name in names}, opened.metadata() or {}
    except FileNotFoundError as error:
        raise WeightsError(f"The weights {path.name} are missing from {path.parent}.") from error
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise WeightsError(
            f"{path.name} is cut off or is not a safetensors file: replace it with an intact copy."
        ) from error


@lru_cache(maxsize=4)
def _read(path: Path, modified: int) -> Mapping[str, np.ndarray]:
    tensors = read(path)[0]
    for tensor in tensors.values():
        tensor.flags.writeable = False
    return tensors


@lru_cache(maxsize=4)
def _sha256_of_tensors(path: Path, modified: int) -> str:
    """Over the name, type, shape and numbers of each tensor, in the order of their names."""
    total = hashlib.sha256()
    for name, tensor in sorted(_read(path, modified).items()):
        total.update(f"{name} {tensor.dtype.str} {tensor.shape} ".encode())
        total.update(np.ascontiguousarray(tensor).data)
    return total.hexdigest()


@lru_cache(maxsize=64)
def _sha256_of_unchanged(path: Path, modified: int) -> str:
    with open(path, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
