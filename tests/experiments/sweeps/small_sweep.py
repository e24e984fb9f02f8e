"""A sweep that trains in seconds: heads on the features of coloured squares."""

import hashlib
from pathlib import Path

from safetensors.numpy import load_file

from engine.config import TrainConfig
from engine.experiments.sweeps import launch, search
from engine.experiments.sweeps.config import SweepConfig
from engine.experiments.sweeps.folder import Sweep

VARY = {"lr": "0.0001..0.1", "loss": "focal,binary_cross_entropy"}
TINY = {
    "size": 32,
    "batch_size": 8,
    "hidden": 0,
    "device": "cpu",
    "epochs": 0,
    "freeze_epochs": 3,
    "augment": False,
}


def asked(data: Path, **options) -> SweepConfig:
    base = TrainConfig("multi-label", str(data), weights="drawings", **TINY)
    return SweepConfig(base, VARY, **{"trials": 6, "seed": 1} | options)


def run(config: SweepConfig, folder: Path) -> Sweep:
    sweep = launch.create(config, folder)
    search.run(sweep)
    return sweep


def weights(sweep: Sweep) -> list[str]:
    """The digests of the weights of every trial, in order."""
    folders = sorted((sweep.folder / "trials").iterdir())
    return [digest(folder) for folder in folders]


def digest(run: Path) -> str:
    """The digest of a run's weights: of the tensors, since the file's header has no fixed order."""
    sums = hashlib.sha256()
    for name, tensor in sorted(load_file(run / "weights.safetensors").items()):
        sums.update(name.encode() + tensor.tobytes())
    return sums.hexdigest()
