"""The chapter's three tasks as fastai learners. The only room that imports fastai."""

from engine.training.fastai_backend.batch_norm import KeepBatchNormStatistics
from engine.training.fastai_backend.cached_features import inputs_of
from engine.training.fastai_backend.data_parallel import problems_of
from engine.training.fastai_backend.dataloaders import augment, data_loaders, pick_device
from engine.training.fastai_backend.downloads import ARCHIVES, fetch
from engine.training.fastai_backend.epoch_metrics import add_pixels
from engine.training.fastai_backend.errors import LearnerError
from engine.training.fastai_backend.fit import fit, optimizer_numbers, phases, smooth_loss, validation_outputs
from engine.training.fastai_backend.lr_find import TRIALS, fall, suggested, try_rates
from engine.training.fastai_backend.networks import architecture, build_model, learner
from engine.training.fastai_backend.precision import full_precision
from engine.training.fastai_backend.tensorboard import board, need_tensorboard

__all__ = [
    "ARCHIVES",
    "TRIALS",
    "KeepBatchNormStatistics",
    "LearnerError",
    "add_pixels",
    "architecture",
    "augment",
    "board",
    "build_model",
    "data_loaders",
    "fall",
    "fetch",
    "fit",
    "full_precision",
    "inputs_of",
    "learner",
    "need_tensorboard",
    "optimizer_numbers",
    "phases",
    "pick_device",
    "problems_of",
    "smooth_loss",
    "suggested",
    "try_rates",
    "validation_outputs",
]
