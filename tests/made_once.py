"""What is the same for every test of a session and slow to make: made once, and then copied or looked up."""

import functools
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from engine.training.backbones import imagenet_package

_SCANNER, _SCAN = "streamlit.components.v2.manifest_scanner", "scan_component_manifests"


@contextmanager
def converted_weights(folder: Path) -> Iterator[None]:
    """Convert each backbone's package once into `folder`; a test with a cache of its own gets a link to the file."""
    convert = imagenet_package._convert

    def linked(archive, package, backbone, path):
        kept = folder / path.name
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(kept.with_suffix(".lock")):
            if not kept.is_file():
                convert(archive, package, backbone, kept)
        _link(kept, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imagenet_package, "_convert", linked)
        yield


def _link(file: Path, there: Path) -> None:
    try:
        os.link(file, there)
    except OSError:  # the folders lie on two disks
        shutil.copyfile(file, there)


@contextmanager
def scan_of_packages() -> Iterator[None]:
    """Let `AppTest` look once for components in the installed packages, instead of a quarter of a second each time.

    Written for Streamlit 1.67.0, where each new `AppTest` reads the metadata of every package; a Streamlit without this
    function fails here, and the block can then be left out.
    """
    __import__(_SCANNER)
    module = sys.modules[_SCANNER]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, _SCAN, functools.cache(getattr(module, _SCAN)))
        yield
