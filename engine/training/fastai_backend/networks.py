"""One network for all three tasks: a torchvision or timm body, and the head that `vision_learner` puts on it."""

import difflib
from collections.abc import Callable
from urllib.error import URLError

import timm
import torch
from fastai.callback.channelslast import ChannelsLast
from fastai.callback.progress import ProgressCallback
from fastai.data.all import DataLoaders
from fastai.learner import Learner
from fastai.optimizer import Adam
from fastai.torch_core import set_seed
from fastai.vision.learner import create_timm_model, create_vision_model, vision_learner
from torch import nn
from torchvision import models

from engine import tasks
from engine.config import TrainConfig
from engine.functional import loss_registry
from engine.training import weights
from engine.training.backbones import of_weights
from engine.training.fastai_backend.epoch_metrics import metrics_for
from engine.training.fastai_backend.errors import LearnerError, reason
from engine.training.fastai_backend.heads import head_options, keep_until_grid
from engine.training.fastai_backend.old_gradients import NoOldGradients
from engine.training.fastai_backend.precision import half_precision
from engine.training.patches import smooth_loss
from engine.training.patches.adam import adam


def learner(dls: DataLoaders, config: TrainConfig, n_out: int) -> Learner:
    """A `vision_learner` on the chosen body, with the loss that fastai picks from the target block."""
    set_seed(config.seed, reproducible=True)
    learn = _vision_learner(dls, config, n_out)
    learn.model.to(dls.device)  # fastai would, when it fits; but features are looked for before that
    _try_on(learn.model, config)
    if (backbone := of_weights(config.weights)) is not None:
        weights.load_backbone(learn.model, backbone)
    learn.remove_cb(ProgressCallback)
    if dls.device.type == "cuda":
        smooth_loss.keep_on_device(learn)
    learn.add_cbs([ChannelsLast(), NoOldGradients(), *half_precision(dls.device)])
    return learn


def _vision_learner(dls: DataLoaders, config: TrainConfig, n_out: int) -> Learner:
    arch = architecture(config.arch)
    try:
        learn = vision_learner(
            dls,
            arch,
            n_out=n_out,
            pretrained=config.weights == "imagenet",
            normalize=False,
            loss_func=_loss(config),
            opt_func=adam if dls.device.type == "cuda" else Adam,
            metrics=metrics_for(config),
            wd=config.weight_decay,
            **head_options(config, n_out),
        )
        keep_until_grid(learn.model, config)
        return learn
    except (URLError, OSError) as error:
        raise LearnerError(
            f"ImageNet's weights for {config.arch} could not be downloaded ({reason(error)}): connect to a "
            "network, or choose the weights photographs, which need none."
        ) from error
    except RuntimeError as error:
        if "hash" not in str(error):
            raise
        raise LearnerError(
            f"ImageNet's weights for {config.arch} were not downloaded completely (their hash is wrong): "
            "try again, or choose the weights photographs, which need no download."
        ) from error
    except StopIteration as error:
        raise LearnerError(_uncuttable(config.arch)) from error


def _loss(config: TrainConfig) -> Callable | None:
    """The chosen loss, or None where it is the one that fastai picks from the target block."""
    if config.loss == tasks.get(config.task).losses[0]:
        return None
    chosen = loss_registry.choice(config.task, config.loss).function
    return lambda outputs, targets: chosen(outputs, targets.reshape(outputs.shape).float())


def _try_on(network: nn.Module, config: TrainConfig) -> None:
    """Let a fresh network see one empty batch, so that a size it cannot take is told before training."""
    device = next(network.parameters()).device
    try:
        with torch.inference_mode():
            network.eval()(torch.zeros(2, 3, config.size, config.size, device=device))
    except (AssertionError, RuntimeError) as error:
        raise LearnerError(
            f"{config.arch} cannot take images of {config.size} px: {reason(error)}."
        ) from error


def build_model(config: TrainConfig, n_out: int) -> nn.Module:
    """The same network without data or weights, ready to be filled by `weights.load`."""
    arch, head = architecture(config.arch), head_options(config, n_out)
    try:
        if isinstance(arch, str):
            network = create_timm_model(arch, n_out, pretrained=False, **head)[0]
        else:
            network = create_vision_model(arch, n_out, pretrained=False, **head)
        keep_until_grid(network, config)
        return network
    except StopIteration as error:
        raise LearnerError(_uncuttable(config.arch)) from error


def architecture(name: str) -> Callable | str:
    """A torchvision model function, or the name of a timm model; the error for an unknown name suggests the nearest."""
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
