"""The chapter's three tasks as fastai data blocks and learners. The only room that imports fastai.

One network, `vision_learner`, serves all three; the target block alone decides the loss that fastai picks.
"""

import contextlib
import difflib
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.error import URLError

import numpy as np
import timm
import torch
from fastai.callback.channelslast import ChannelsLast
from fastai.callback.core import Callback
from fastai.callback.fp16 import MixedPrecision
from fastai.callback.progress import ProgressCallback
from fastai.callback.schedule import Learner
from fastai.data.all import DataBlock, DataLoaders, IndexSplitter, Normalize, Pipeline, URLs, untar_data
from fastai.losses import BaseLoss
from fastai.metrics import accuracy, accuracy_multi
from fastai.torch_core import set_seed
from fastai.vision.augment import aug_transforms
from fastai.vision.core import PILImage, TensorImage, TensorPoint
from fastai.vision.data import CategoryBlock, ImageBlock, MultiCategoryBlock, PointBlock
from fastai.vision.learner import create_timm_model, create_vision_model, vision_learner
from torch import Tensor, nn
from torchvision import models

from engine import weights
from engine.config import TrainConfig
from engine.datasets import Dataset
from engine.points import to_px, to_unit
from engine.preprocess import IMAGENET_MEAN, IMAGENET_STD
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

ARCHIVES = {"pascal_2007": URLs.PASCAL_2007, "biwi_head_pose": URLs.BIWI_HEAD_POSE}


class LearnerError(RuntimeError):
    """Something that training needs and cannot have; one sentence that says what to use instead."""


def fetch(name: str) -> Path:
    """The folder of one of the chapter's own data sets, downloaded once by fastai's `untar_data`."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return Path(untar_data(ARCHIVES[name]))
    except Exception as error:  # fastdownload raises a bare Exception for a damaged archive
        raise LearnerError(
            f"The data set {name} could not be downloaded ({_reason(error)}): connect to a network, "
            "or train on the samples with --data sample_data/scenes or --data sample_data/heads."
        ) from error


def pick_device(name: str) -> torch.device:
    """The device for "auto", "cpu" or "cuda"."""
    if name == "cuda" and not torch.cuda.is_available():
        raise LearnerError("No CUDA device is available here: use --device cpu or --device auto.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def data_loaders(dataset: Dataset, pictures: np.ndarray, config: TrainConfig) -> DataLoaders:
    """fastai's loaders for a task: `pictures` (N, size, size, 3) uint8, in the order of the data set's table."""
    valid = np.flatnonzero(dataset.table["is_valid"].to_numpy())
    block = DataBlock(
        blocks=(ImageBlock, _target_block(dataset)),
        get_x=lambda i: PILImage.create(pictures[i]),
        get_y=_target(dataset, config.size),
        splitter=IndexSplitter(valid),
        batch_tfms=[
            *aug_transforms(),
            Normalize.from_stats(IMAGENET_MEAN, IMAGENET_STD),
        ],
    )
    return block.dataloaders(
        range(len(pictures)),
        bs=min(config.batch_size, len(pictures) - len(valid)),
        num_workers=0,
        device=pick_device(config.device),
    )


def augment(pictures: Tensor, points: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Flip, turn and zoom (N, 3, H, W) pictures anew, each in its own way, and move points (N, 2) of -1..1 along."""
    batch = (TensorImage(pictures), *([] if points is None else [TensorPoint(points[:, None])]))
    seen = _AUGMENTATION(batch)
    return seen[0].as_subclass(Tensor), None if points is None else seen[1].as_subclass(Tensor)[:, 0]


_AUGMENTATION = Pipeline(aug_transforms(max_lighting=0, max_warp=0), split_idx=0)


def _target_block(dataset: Dataset):
    vocab = list(dataset.vocab)
    return {
        SINGLE_LABEL: lambda: CategoryBlock(vocab=vocab, sort=False),
        MULTI_LABEL: lambda: MultiCategoryBlock(vocab=vocab),
        POINTS: lambda: PointBlock,
    }[dataset.task]()


def _target(dataset: Dataset, size: int) -> Callable[[int], object]:
    """What the target block is given: a label, a list of labels, or the point in the squeezed picture's pixels."""
    if dataset.task == POINTS:
        squeezed = to_px(to_unit(dataset.points_px(), dataset.sizes_wh()), (size, size))
        return lambda i: squeezed[i : i + 1].astype(np.float32)
    labels = dataset.table["labels"].tolist()
    return (lambda i: labels[i][0]) if dataset.task == SINGLE_LABEL else (lambda i: list(labels[i]))


def metrics_for(config: TrainConfig) -> list:
    """What fastai reports after each epoch besides the loss."""
    return {
        SINGLE_LABEL: [accuracy],
        MULTI_LABEL: [partial(accuracy_multi, thresh=config.threshold)],
        POINTS: [],
    }[config.task]


def learner(dls: DataLoaders, config: TrainConfig, n_out: int) -> Learner:
    """A `vision_learner` on the chosen body, with the loss that fastai picks from the target block."""
    set_seed(config.seed, reproducible=True)
    learn = _vision_learner(dls, config, n_out)
    _try_on(learn.model, config)
    if config.weights == "bundled":
        weights.load_bundled_body(learn.model)
    learn.remove_cb(ProgressCallback)
    learn.add_cbs([ChannelsLast(), *_half_precision(dls.device)])
    return learn


def _half_precision(device: torch.device) -> list[Callback]:
    """Mixed precision where the hardware computes in it: any CUDA device, and processors that know bfloat16."""
    if device.type == "cuda":
        return [MixedPrecision()]
    knows = torch.cpu.get_capabilities()
    return [Bfloat16()] if knows.get("avx512_bf16") or knows.get("amx_bf16") else []


class Bfloat16(Callback):
    """Run the network in bfloat16 on the CPU, where fastai's `MixedPrecision` speaks to CUDA only."""

    order = MixedPrecision.order

    def before_batch(self):
        self.autocast = torch.autocast("cpu", torch.bfloat16)
        self.autocast.__enter__()

    def after_pred(self):
        self.learn.pred = self.pred.float()

    def after_loss(self):
        self.autocast.__exit__(None, None, None)


def _vision_learner(dls: DataLoaders, config: TrainConfig, n_out: int) -> Learner:
    arch = architecture(config.arch)
    try:
        return vision_learner(
            dls,
            arch,
            n_out=n_out,
            pretrained=config.weights == "imagenet",
            normalize=False,
            metrics=metrics_for(config),
            **_head(config),
        )
    except (URLError, OSError) as error:
        raise LearnerError(
            f"ImageNet's weights for {config.arch} could not be downloaded ({_reason(error)}): connect to a "
            "network, or use --weights bundled (resnet18) or --weights none."
        ) from error
    except StopIteration as error:
        raise LearnerError(_uncuttable(config.arch)) from error


def _try_on(network: nn.Module, config: TrainConfig) -> None:
    """Let a fresh network see one empty batch, so that a size it cannot take is told before training."""
    device = next(network.parameters()).device
    try:
        with torch.inference_mode():
            network.eval()(torch.zeros(2, 3, config.size, config.size, device=device))
    except (AssertionError, RuntimeError) as error:
        raise LearnerError(
            f"{config.arch} cannot take pictures of {config.size} px: {_reason(error)}."
        ) from error


def build_model(config: TrainConfig, n_out: int) -> nn.Module:
    """The same network without data or weights, ready to be filled by `weights.load`."""
    arch = architecture(config.arch)
    try:
        if isinstance(arch, str):
            return create_timm_model(arch, n_out, pretrained=False, **_head(config))[0]
        return create_vision_model(arch, n_out, pretrained=False, **_head(config))
    except StopIteration as error:
        raise LearnerError(_uncuttable(config.arch)) from error


def _head(config: TrainConfig) -> dict:
    return {
        "lin_ftrs": [config.hidden] if config.hidden else [],
        "ps": config.dropout,
        "y_range": config.y_range,
    }


def architecture(name: str) -> Callable | str:
    """A torchvision model function, or the name of a timm model; an unknown name is answered with the nearest."""
    if name in models.list_models(module=models):
        return getattr(models, name)
    if name in timm.list_models():
        return name
    known = sorted({*models.list_models(module=models), *timm.list_models()})
    near = difflib.get_close_matches(name, known, n=3)
    hint = f": did you mean {' or '.join(near)}?" if near else "."
    raise LearnerError(f"There is no architecture {name!r} in torchvision or timm{hint}")


def _uncuttable(arch: str) -> str:
    return f"torchvision's {arch} has no pooling layer at which fastai could cut it: use timm's model of that kind."


def _reason(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or error
    return str(reason).splitlines()[0] if str(reason) else type(error).__name__


class Report(Callback):
    """Tell a listener, a plain function, about every batch and every finished epoch."""

    def __init__(
        self, total_epochs: int, on_batch: Callable[[float], None], on_epoch: Callable[[dict], None]
    ):
        self.total_epochs, self.on_batch, self.on_epoch = total_epochs, on_batch, on_epoch
        self.epochs_done = 0

    def after_batch(self):
        if self.training:
            self.on_batch((self.epochs_done + (self.iter + 1) / self.n_iter) / self.total_epochs)

    def after_epoch(self):
        self.epochs_done += 1
        names, values = self.recorder.metric_names[1:-1], self.recorder.log[1:]
        row = {name: float(value) for name, value in zip(names, values, strict=False)}
        self.on_epoch({"epoch": self.epochs_done, "frozen": self.opt.frozen_idx > 0} | row)


def fit(
    learn: Learner, config: TrainConfig, on_batch: Callable[[float], None], on_epoch: Callable[[dict], None]
):
    """The text's `fine_tune`: frozen epochs, then all layers; one cycle for a random body, or for the head alone."""
    report = Report(config.freeze_epochs + config.epochs, on_batch, on_epoch)
    with warnings.catch_warnings(), learn.no_logging(), learn.added_cbs([report]):
        warnings.simplefilter("ignore")
        if config.weights == "none":
            learn.unfreeze()
            learn.fit_one_cycle(config.epochs, config.lr)
        elif config.epochs == 0:
            learn.freeze()
            learn.fit_one_cycle(config.freeze_epochs, slice(config.lr))
        else:
            learn.fine_tune(config.epochs, base_lr=config.lr, freeze_epochs=config.freeze_epochs)


def full_precision(learn: Learner) -> Learner:
    """The same learner without mixed precision, so that its answers are exact."""
    return learn.remove_cbs([MixedPrecision, Bfloat16])


def validation_outputs(learn: Learner) -> tuple[Tensor, float]:
    """The network's raw outputs (N, n_out) for the validation part, in order and full precision, and their loss."""
    full_precision(learn)
    outputs, targets = learn.get_preds(dl=learn.dls.valid, act=lambda x: x)
    loss: BaseLoss = learn.loss_func
    return outputs.float().cpu(), float(loss(outputs.float(), targets))
