"""The chapter's three tasks as fastai learners. The only room that imports fastai."""

from engine.learners.archives import ARCHIVES, fetch
from engine.learners.batch_norm import KeepBatchNormStatistics
from engine.learners.board import board, need_tensorboard
from engine.learners.data import augment, data_loaders, pick_device
from engine.learners.epoch_metrics import add_pixels
from engine.learners.errors import LearnerError
from engine.learners.finding import TRIALS, fall, suggested, try_rates
from engine.learners.fitting import fit, optimizer_numbers, phases, validation_outputs
from engine.learners.networks import architecture, build_model, learner
from engine.learners.precision import full_precision

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
    "learner",
    "need_tensorboard",
    "optimizer_numbers",
    "phases",
    "pick_device",
    "suggested",
    "try_rates",
    "validation_outputs",
]
