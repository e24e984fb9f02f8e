"""Better: fine-tune the whole network from Quick's head, for as long as the validation loss falls.

Steps, batch size and epochs follow from the number of images. The best epoch is kept, Quick's head counting as epoch 0,
so that the network never ends up worse on the validation images than Quick.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from engine.config import TrainConfig
from engine.data.formats import Dataset
from engine.jobs.atomic_write import write_text
from engine.jobs.progress import Listener
from engine.training import weights
from engine.training.backbones import Backbone
from engine.training.plan import batch_size_for, epochs_for
from engine.training.quick.fitting import fit_head, rounded

WEIGHTS, RECORD = "best.safetensors", "best.json"
PATIENCE = 2
"""Epochs without a lower validation loss after which training ends."""
NO_GAIN = "Fine-tuning did not improve on Quick; the Quick head is kept."
"""What the verdict adds where no epoch reached a lower validation loss than Quick's head."""


def planned(config: TrainConfig, train_images: int) -> TrainConfig:
    """The configuration with batch size and epochs filled in for so many training images."""
    batch_size = config.batch_size or batch_size_for(train_images)
    epochs = config.epochs if config.epochs is not None else epochs_for(train_images, batch_size)
    return replace(config, batch_size=batch_size, epochs=epochs)


def begin_with_quick_head(learn, dataset: Dataset, config: TrainConfig, listener: Listener) -> None:
    """Fit Quick's head on the frozen backbone's features and put it into the network of a fastai learner."""
    head = fit_head(dataset, config, listener.show, listener.note).head
    weight, bias = rounded(head)
    last = next(layer for layer in reversed(learn.model[1]) if isinstance(layer, nn.Linear))
    with torch.no_grad():
        last.weight.copy_(torch.from_numpy(weight))
        last.bias.copy_(torch.from_numpy(bias))


class BestEpoch:
    """The best epoch so far of a run, kept in its folder so that a resumed run still knows it."""

    def __init__(self, folder: Path, backbone: Backbone | None):
        self.folder, self.backbone = folder, backbone
        self.epoch, self.valid_loss, self.latest = self._recorded()

    def _recorded(self) -> tuple[int, float, int]:
        try:
            kept = json.loads((self.folder / RECORD).read_text(encoding="utf-8"))
            return int(kept["epoch"]), float(kept["valid_loss"]), int(kept["latest"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, np.inf, 0

    @property
    def is_quick_head(self) -> bool:
        """Whether no epoch of fine-tuning reached a lower validation loss than Quick's head."""
        return self.epoch == 0 and bool(np.isfinite(self.valid_loss))

    @property
    def is_time_to_stop(self) -> bool:
        """Whether the last epochs reached no lower validation loss."""
        return self.latest - self.epoch >= PATIENCE

    def compare(self, network: nn.Module, epoch: int, valid_loss: float) -> None:
        """Keep the network if its validation loss is the lowest so far; `epoch` 0 is Quick's head."""
        self.latest = epoch
        if valid_loss < self.valid_loss:
            self.epoch, self.valid_loss = epoch, valid_loss
            weights.save(network, self.folder / WEIGHTS, self.backbone)
        record = {"epoch": self.epoch, "valid_loss": self.valid_loss, "latest": self.latest}
        write_text(self.folder / RECORD, json.dumps(record) + "\n")

    def restore(self, network: nn.Module) -> str | None:
        """Fill the network with the best epoch's weights, and say which it was; None where nothing was kept."""
        if not (self.folder / WEIGHTS).is_file():
            return None
        weights.load(network, self.folder / WEIGHTS)
        if self.is_quick_head:
            return NO_GAIN
        return f"The run keeps epoch {self.epoch}, the one with the lowest validation loss."

    def forget(self) -> None:
        """Remove the files of a run that has finished."""
        for name in (WEIGHTS, RECORD):
            (self.folder / name).unlink(missing_ok=True)


def measure_quick_head(best: BestEpoch, network: nn.Module, valid_loss: Callable[[], float]) -> None:
    """Let Quick's head compete as epoch 0."""
    if best.latest == 0 and not np.isfinite(best.valid_loss):
        best.compare(network, 0, valid_loss())
