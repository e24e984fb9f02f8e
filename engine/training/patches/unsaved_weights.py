"""Let fastai's learning-rate finder train without writing the weights to the disk and reading them back."""

from fastai.learner import Learner

WRITTEN_FOR = {"fastai": "2.8.12"}
REMOVE_WHEN = "fastai's `lr_find` can leave the weights as they are after the mock training"


def without_saving(learn: Learner) -> None:
    """Make `learn.save` write no file. Only for a learner that is used up: its weights are not given back."""
    learn.save = _nothing


def _nothing(*_, **__) -> None:
    """Keep no weights: they are never loaded again."""
