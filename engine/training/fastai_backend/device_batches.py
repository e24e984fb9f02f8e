"""Batches that are slices of one array, made on the device: what fastai's loader does image by image."""

from collections.abc import Iterator

import numpy as np
import torch
from fastai.data.core import TfmdDL
from fastai.vision.core import TensorImage
from fastcore.basics import chunked
from torch import Tensor

from engine.training.fastai_backend.cuda_stream import prefetched
from engine.training.team import ALONE, Team

_SHARE_OF_FREE_MEMORY = 0.5


class Rows:
    """Inputs with their targets, by row; on a GPU where they fit, otherwise sent there batch by batch.

    Attributes: `inputs`, (N, ...) array or tensor, images as (N, H, W, 3) uint8; `targets`, (N, ...) tensor
    of fastai's type for the task; `device`; `features`, (N, F) by the body's pooling, where they are known.
    """

    def __init__(
        self, inputs: np.ndarray, targets: Tensor, device: torch.device, features: np.ndarray | None = None
    ):
        self.device, self.targets, self.features = device, targets.to(device), features
        self.inputs = _tensor(inputs).to(device) if _fits(inputs.nbytes, device) else inputs

    def batch(self, rows: list[int]) -> tuple[Tensor, Tensor]:
        """The inputs and targets of these rows, on the device."""
        there = torch.tensor(rows, device=self.device)
        if isinstance(self.inputs, Tensor):
            inputs = self.inputs[there]
        else:
            inputs = _sent(torch.from_numpy(self.inputs[rows]), self.device)
        return _as_seen(inputs), self.targets[there]


class DeviceBatches(TfmdDL):
    """fastai's loader over row numbers: order, device and batch transforms are fastai's, the items are `Rows`.

    `together` batches are made and transformed at once, each image by random numbers of its own all the same.
    Items that are no row numbers (an image for `learn.predict`) go fastai's own way. Of each batch, a worker of a
    `team` gets its part.
    """

    def __init__(self, dataset, *, rows: Rows, together: int = 1, team: Team = ALONE, **options):
        self.rows, self.together, self.team = rows, together, team
        super().__init__(dataset, **options)

    def new(self, dataset=None, cls=None, **options):
        """As fastai's, over the same rows; a team that is to share its batches has to be given again."""
        return super().new(dataset, cls, **{"rows": self.rows} | options)

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        """As fastai's; on a GPU while training runs."""
        made = super().__iter__()
        if self.rows.device.type == "cuda":
            made = prefetched(made, self.rows.device)
        return (batch for several in made for batch in self._apart(several)) if self.together > 1 else made

    def _apart(self, several: tuple[Tensor, ...]) -> Iterator[tuple[Tensor, ...]]:
        return zip(*(tensor.split(len(self.team.part(range(self.bs)))) for tensor in several), strict=True)

    def create_batches(self, samps) -> Iterator[tuple[Tensor, ...]]:
        """A batch for each chunk of the order; without targets where the dataset has none."""
        numbers = list(self.dataset.items)
        if not all(isinstance(number, int | np.integer) for number in numbers[:1]):
            yield from super().create_batches(samps)
            return
        for chunks in chunked(self.chunkify(samps), self.together):
            rows = [numbers[at] for chunk in chunks for at in self.team.part(chunk)]
            yield self.rows.batch(rows)[: len(self.dataset.tls)]


def _as_seen(inputs: Tensor) -> Tensor:
    """Images as fastai's batch transforms expect them, channels first in name and last in memory; or features."""
    return TensorImage(inputs.permute(0, 3, 1, 2)) if inputs.dtype == torch.uint8 else inputs


def _fits(count: int, device: torch.device) -> bool:
    """Whether a GPU has room for so many bytes, and for training as well."""
    return device.type == "cuda" and count < _SHARE_OF_FREE_MEMORY * torch.cuda.mem_get_info(device)[0]


def _tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(array if array.flags.writeable else array.copy())


def _sent(batch: Tensor, device: torch.device) -> Tensor:
    return batch.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else batch.to(device)
