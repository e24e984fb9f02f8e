"""What is downloaded once, the chapter's data sets and ImageNet's weights: how large, and whether it is here already.

Nothing is downloaded here, and neither fastai nor torch is loaded.
"""

import glob
import os
from pathlib import Path

from engine import paths

DOWNLOAD_MB = {"pascal_2007": 1638, "biwi_head_pose": 452}
"""What fastai downloads for each, in millions of bytes (its own `download_checks.py`)."""


def downloaded(name: str) -> Path | None:
    """The folder into which fastai has unpacked one of the chapter's data sets, or None."""
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
