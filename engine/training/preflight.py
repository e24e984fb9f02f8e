"""What can be refused before a run is queued: data, weights, architecture and device, in one sentence."""

import os
import platform
from pathlib import Path

from engine.config import CUSTOM, IMAGENET, TrainConfig
from engine.data.downloads import catalog, is_reachable
from engine.data.formats import DatasetError
from engine.jobs import access
from engine.jobs.atomic_write import trouble
from engine.runs import RunError, files
from engine.training import architectures, images_of, optional_deps
from engine.training.backbones import WeightsError, of_weights, weight_files

WEIGHT_HOSTS = {
    architectures.TORCHVISION: "https://download.pytorch.org/",
    architectures.TIMM: "https://huggingface.co/",
}
"""Where ImageNet's weights come from."""

GPU_DRIVERS = ("/dev/nvidiactl", "/dev/dxg")


class PreflightError(RunError):
    """Something that a run needs and cannot have; one sentence that says what to use instead."""


def check(config: TrainConfig, out: Path | None = None) -> None:
    """Refuse a run that cannot begin, before it waits for others and before its folder exists.

    Loads neither torch nor fastai, and takes at most seconds. Raises `PreflightError`, or `RunError` for data that
    the current user may not read.
    """
    if out is not None:
        _check_folder(out)
    _check_device(config.device)
    if config.tensorboard and not optional_deps.has_tensorboard():
        raise PreflightError(optional_deps.NO_TENSORBOARD)
    _check_weights(config)
    _check_data(config)


def _check_folder(out: Path) -> None:
    """Refuse a folder that is in use: a run has one of its own, never a dataset's or the working directory."""
    if (out / files.CONFIG).exists():
        raise PreflightError(f"There is already a run in {out}: choose another --out, or delete that folder.")
    if out.is_dir() and any(out.iterdir()):
        raise PreflightError(f"The folder {out} holds other files: name a new folder for the run with --out.")
    if out.exists() and not out.is_dir():
        raise PreflightError(f"{out} is a file: name a new folder for the run with --out.")
    try:
        if not out.exists():
            out.mkdir(parents=True)
            out.rmdir()
    except OSError as error:
        raise PreflightError(f"The folder {out} cannot be made: {trouble(error)}.") from error


def _check_device(device: str) -> None:
    has_driver = platform.system() != "Linux" or any(map(os.path.exists, GPU_DRIVERS))
    if device == "cuda" and not has_driver:
        raise PreflightError("This machine has no NVIDIA GPU: choose the device auto or cpu.")


def _check_weights(config: TrainConfig) -> None:
    backbone = of_weights(config.weights)
    try:
        if backbone is not None:
            if not weight_files.file(backbone).is_file():
                raise WeightsError(f"The weights {backbone.name} are missing: install Loss Lab again.")
            return
    except WeightsError as error:
        raise PreflightError(str(error)) from error
    except OSError as error:
        raise PreflightError(f"The weights {config.weights} cannot be prepared: {trouble(error)}.") from error
    if config.recipe != CUSTOM:
        return
    library = architectures.library_of(config.arch)
    if config.weights != IMAGENET or catalog.has_imagenet_weights(config.arch):
        return
    if not is_reachable(WEIGHT_HOSTS[library]):
        raise PreflightError(
            f"ImageNet's weights for {config.arch} are not on this machine, and {WEIGHT_HOSTS[library]} cannot be "
            "reached: connect to a network, or choose the weights photographs, which need none."
        )


def _check_data(config: TrainConfig) -> None:
    """A dataset that is not here yet is asked for at its server; every other one is read, without its images."""
    name = config.data
    if name in catalog.DOWNLOAD_MB and not catalog.downloaded(name):
        if not is_reachable(catalog.URLS[name]):
            raise PreflightError(
                f"The dataset {name} is not on this machine, and its server cannot be reached: connect to a network, "
                "or train on a dataset that is here, such as your own images or the drawn samples."
            )
        return
    place = access.locate(name, RunError)
    try:
        images_of.load_for(config, place)
    except DatasetError as error:
        raise PreflightError(str(error)) from error
    except OSError as error:
        raise PreflightError(f"{name!r} cannot be read: {trouble(error)}.") from error
