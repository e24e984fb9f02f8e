"""The fastai code that trains what the form asks for, from data loaders on."""

from engine.config import TrainConfig
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

_BLOCK = {
    SINGLE_LABEL: "CategoryBlock",
    MULTI_LABEL: "MultiCategoryBlock",
    POINTS: "PointBlock",
}
_LOSS = {
    (SINGLE_LABEL, "cross_entropy"): "CrossEntropyLossFlat()",
    (MULTI_LABEL, "binary_cross_entropy"): "BCEWithLogitsLossFlat()",
    (POINTS, "mean_squared_error"): "MSELossFlat()",
    (POINTS, "mean_absolute_error"): "L1LossFlat()",
    (POINTS, "huber"): "HuberLoss(delta=0.1)",
}
"""fastai's own loss for a task's loss; the others are engine.loss_choices' functions, used as they are."""


def script(config: TrainConfig) -> str:
    """A configuration as fastai code; `get_x`, `get_y` and `splitter` are those of the data set."""
    loss = _LOSS.get((config.task, config.loss), f'choice("{config.task}", "{config.loss}").function')
    ours = "" if (config.task, config.loss) in _LOSS else "from engine.loss_choices import choice\n"
    metrics = {
        SINGLE_LABEL: ", metrics=accuracy",
        MULTI_LABEL: f", metrics=partial(accuracy_multi, thresh={config.threshold:g})",
        POINTS: "",
    }[config.task]
    y_range = f", y_range={config.y_range}" if config.y_range else ""
    tfms = "[*aug_transforms(), " if config.augment else "["
    hidden = [config.hidden] if config.hidden else []
    return f"""
from fastai.vision.all import *
{ours}
set_seed({config.seed}, reproducible=True)
block = DataBlock(
    blocks=(ImageBlock, {_BLOCK[config.task]}), get_x=get_x, get_y=get_y, splitter=splitter,
    item_tfms=Resize({config.size}, ResizeMethod.Squish),
    batch_tfms={tfms}Normalize.from_stats(*imagenet_stats)])
dls = block.dataloaders(pictures, bs={config.batch_size})     # of {config.data}
learn = vision_learner(
    dls, {config.arch}, pretrained={config.weights == "imagenet"}, normalize=False, loss_func={loss},
    lin_ftrs={hidden}, ps={config.dropout:g}{y_range}{metrics})
{_training(config)}
""".strip()


def _training(config: TrainConfig) -> str:
    """The phases of `engine.learners.fitting`, in fastai's words."""
    if config.weights == "none":
        return f"learn.unfreeze()\nlearn.fit_one_cycle({config.epochs}, {config.lr:g})"
    body = "load_bundled_body(learn.model)\n" if config.weights == "bundled" else ""
    body = body and "from engine.weights import load_bundled_body\n" + body
    if config.epochs == 0:
        cycle = f"learn.fit_one_cycle({config.freeze_epochs}, slice({config.lr:g}))"
        return f"{body}learn.freeze()                     # only the head learns\n{cycle}"
    return (
        f"{body}learn.fine_tune({config.epochs}, base_lr={config.lr:g}, freeze_epochs={config.freeze_epochs})"
    )
