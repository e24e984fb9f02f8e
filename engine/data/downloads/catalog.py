"""What is downloaded once, the chapter's datasets and ImageNet's weights: how large, and whether it is here already.

Nothing is downloaded here, and neither fastai nor torch is loaded.
"""

import glob
import os
from pathlib import Path

from engine import paths

DOWNLOAD_MB = {"pascal_2007": 1638, "biwi_head_pose": 452}
"""What fastai downloads for each, in millions of bytes (its own `download_checks.py`)."""

_STORE = "https://s3.amazonaws.com/fast-ai-imagelocal/"
URLS = {name: f"{_STORE}{name}.tgz" for name in DOWNLOAD_MB}
"""Where fastai downloads each from (`fastai.data.external.URLs`)."""

IMAGES = {"pascal_2007": 5011, "biwi_head_pose": 15678}
"""How many images each has in its training table."""

_DISK_SHARE = 3.0
"""The disk space needed, as a multiple of the archive: the archive, its unpacked files, and those while they move."""

_MB_PER_SECOND = 10.0
"""What an ordinary connection downloads (80 Mbit/s)."""

_UNPACKING_MB_PER_SECOND = 40.0


def disk_mb(name: str) -> int:
    """The free disk space in millions of bytes that downloading and unpacking a dataset needs."""
    return 100 * round(_DISK_SHARE * DOWNLOAD_MB[name] / 100)


def download_seconds(name: str) -> float:
    """The predicted duration of downloading and unpacking a dataset at 80 Mbit/s; 0 where it is here already."""
    if downloaded(name):
        return 0.0
    return DOWNLOAD_MB[name] / _MB_PER_SECOND + DOWNLOAD_MB[name] / _UNPACKING_MB_PER_SECOND


def downloaded(name: str) -> Path | None:
    """The folder into which fastai has unpacked one of the chapter's datasets, or None."""
    if name not in DOWNLOAD_MB:
        return None
    folder = paths.download_folder(name)
    return folder if folder.is_dir() else None


def has_imagenet_weights(arch: str) -> bool:
    """Whether weights for an architecture lie where torchvision and timm keep what they have downloaded."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
    torch = Path(os.environ.get("TORCH_HOME", cache / "torch")).expanduser()
    hub = Path(os.environ.get("HF_HOME", cache / "huggingface")).expanduser()
    name = glob.escape(arch)
    kept = [*torch.glob(f"hub/checkpoints/{name}[-_]*.pth"), *hub.glob(f"hub/models--timm--{name}.*")]
    return bool(kept)
